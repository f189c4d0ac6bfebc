public import LinuxSystem
public import SystemPackage

/// An entry that was made below a container's root: what it takes to find that very one again, and nothing else.
public struct MadeEntry: Hashable, Sendable, CustomStringConvertible {
    /// Where it is, as seen inside the container.
    public let path: FilePath
    /// What it is, or what is to be mounted on it.
    public let content: EntryContent
    /// Whether it is an empty file on which the node of the same path is mounted.
    public let isPlaceholder: Bool
    /// Which file it is. Device and inode number outlive the process that made it as long as the container keeps its
    /// mounts; `content` is compared with it, for the container may give the inode number to another file.
    public let identity: FileIdentity

    /// An entry read back from a record.
    public init(path: FilePath, content: EntryContent, identity: FileIdentity, isPlaceholder: Bool = false) {
        self.path = path
        self.content = content
        self.isPlaceholder = isPlaceholder
        self.identity = identity
    }

    /// `/dev/sg3 (c 21:3)`.
    public var description: String { "\(path) (\(content))" }
}

/// An entry that was left where it is, and why.
public struct LeftEntry: Hashable, Sendable, CustomStringConvertible {
    /// Its path as seen inside the container.
    public let path: FilePath
    /// What we know of it. Nil for one under a temporary name that was never recorded.
    public let made: MadeEntry?
    /// Why it was left.
    public let error: DeviceAccessError

    /// The error's.
    public var description: String { error.description }
}
