public import ByteStrings
public import LinuxSystem
public import SystemPackage

/// What kind of entry a directory has.
public enum EntryContent: Hashable, Sendable, CustomStringConvertible {
    /// A directory.
    case directory
    /// A device node.
    case node(DeviceNumber)
    /// A symbolic link with this text.
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
    /// The owner's user id as the host counts: for a container with a user namespace, the id to which its map maps the one
    /// inside.
    public var user: UInt32
    /// The group id, likewise.
    public var group: UInt32
    /// The permission bits, at most `0o7777`. The process's umask does not apply.
    public var mode: UInt32

    /// An ownership from its parts.
    public init(user: UInt32 = 0, group: UInt32 = 0, mode: UInt32) {
        self.user = user
        self.group = group
        self.mode = mode
    }
}

/// An entry that is to be created below a container's root.
public struct EntryPlan: Hashable, Sendable, CustomStringConvertible {
    /// How a node is created.
    public enum Technique: String, Hashable, Sendable {
        /// By mknod(2) in the container's directory. Works when that file system belongs to the initial user namespace.
        case inPlace
        /// In a file system that only the host has, and then mounted in the container over a new empty file; when the
        /// container's `/dev` is the host's devtmpfs, over the host's node of the same device. Works with user namespaces.
        /// Changes that the container makes to the node do not reach the host's.
        case mounted
        /// As `mounted`, over a node of the same device that the container cannot use.
        case covering
    }

    /// The path as seen inside the container: `/dev/sg3`. Directories that are missing on the way are created.
    public var path: FilePath
    /// The kind of entry.
    public var content: EntryContent
    /// The owner and the mode. Without effect for a link.
    public var ownership: Ownership
    /// How a node is created. Without effect for a directory or a link.
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
