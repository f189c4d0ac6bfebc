public import ByteStrings
public import LinuxSystem
public import SystemPackage

/// What an entry of a directory is.
public enum EntryContent: Hashable, Sendable, CustomStringConvertible {
    /// A directory.
    case directory
    /// A node that leads to a device.
    case node(DeviceNumber)
    /// A symbolic link with its text.
    case link(to: ByteString)

    /// `c 21:3`, `a link to ../sg3`.
    public var description: String {
        switch self {
        case .directory: "a directory"
        case .node(let device): device.description
        case .link(let text): "a link to \(text)"
        }
    }
}

/// Owner, group and mode of an entry.
public struct Ownership: Hashable, Sendable {
    /// The owner's user id as the host counts: for a container with a user namespace, what its map makes of the id inside.
    public var user: UInt32
    /// The group id, likewise.
    public var group: UInt32
    /// The permission bits, `0o7777` at most. The process's umask takes nothing away.
    public var mode: UInt32

    /// An ownership from its parts.
    public init(user: UInt32 = 0, group: UInt32 = 0, mode: UInt32) {
        self.user = user
        self.group = group
        self.mode = mode
    }

    /// Root's, to look into for all: what a directory in `/dev` has.
    static let directory = Ownership(mode: 0o755)
}

/// An entry that is to be made below a container's root.
public struct EntryPlan: Hashable, Sendable, CustomStringConvertible {
    /// How a node comes into the container.
    public enum Technique: String, Hashable, Sendable {
        /// Made in the container's own directory. Works where that file system belongs to the initial user namespace.
        case inPlace
        /// Made in a file system that only the host has, and mounted in the container over an empty file of ours; where
        /// the container's `/dev` is the host's devtmpfs, over the host's node of that very device. Works for user
        /// namespaces, and whatever the container does to the node does not reach the host's.
        case mounted
        /// Made as `mounted`, over a node of that very device that is there already and does not serve the container.
        case covering
    }

    /// Where it is to be, as seen inside the container: `/dev/sg3`. Directories on the way that are missing are made.
    public var path: FilePath
    /// What it is to be.
    public var content: EntryContent
    /// Whose it is to be. Means nothing for a link.
    public var ownership: Ownership
    /// How it is made.
    public var technique: Technique

    /// A plan from its parts.
    public init(
        _ path: FilePath, _ content: EntryContent, ownership: Ownership = Ownership(mode: 0o755),
        technique: Technique = .inPlace
    ) {
        self.path = path
        self.content = content
        self.ownership = ownership
        self.technique = technique
    }

    /// `/dev/sg3 (c 21:3)`.
    public var description: String { "\(path) (\(content))" }
}
