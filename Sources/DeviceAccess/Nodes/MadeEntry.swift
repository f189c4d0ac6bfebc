internal import ByteStrings
public import LinuxSystem
public import SystemPackage

/// An entry that was created below a container's root, with what tells it from any other.
public struct MadeEntry: Hashable, Sendable, CustomStringConvertible {
    /// The path as seen inside the container.
    public let path: FilePath
    /// What it is, or what is to be mounted on it.
    public let content: EntryContent
    /// Whether it is an empty file over which the node of the same path is mounted.
    public let isPlaceholder: Bool
    /// The device and inode number, which are valid as long as the container keeps its mounts. ``content`` has to be compared
    /// too, since another file may get the inode number.
    public let identity: FileIdentity

    /// An entry from a record.
    public init(path: FilePath, content: EntryContent, identity: FileIdentity, isPlaceholder: Bool = false) {
        self.path = path
        self.content = content
        self.isPlaceholder = isPlaceholder
        self.identity = identity
    }

    /// `/dev/sg3 (c 21:3)`.
    public var description: String { "\(path) (\(content))" }
}

/// An entry that was not removed, and why.
public struct LeftEntry: Hashable, Sendable, CustomStringConvertible {
    /// The path as seen inside the container.
    public let path: FilePath
    /// The entry. Nil for one under the temporary name that was never recorded.
    public let made: MadeEntry?
    /// Why it was not removed.
    public let error: DeviceAccessError

    /// The error's description.
    public var description: String { error.description }
}

/// What is under a name in a directory.
struct FoundEntry: CustomStringConvertible {
    let status: FileStatus
    /// Nil for what is never made here: a regular file, a socket.
    let content: EntryContent?

    /// Returns nil when there is nothing.
    init?(_ name: String, in directory: borrowing Directory) throws(SystemError) {
        guard let status = try directory.status(name) else { return nil }
        self.status = status
        content =
            switch status.kind {
            case .directory: .directory
            case .device(let device): .node(device)
            case .symbolicLink: .link(to: ByteString(try directory.linkText(name)))
            case .regular, .other: nil
            }
    }

    /// Returns whether it is the very entry that was made.
    func isStill(_ made: MadeEntry) -> Bool {
        status.identity == made.identity && (made.isPlaceholder ? isEmptyFile : content == made.content)
    }

    /// Returns whether it is what a plan makes under the temporary name.
    func isStaged(for plan: EntryPlan) -> Bool {
        plan.isMount ? isEmptyFile : content == plan.content
    }

    private var isEmptyFile: Bool { status.kind == .regular && status.size == 0 }

    var description: String {
        content?.description ?? (status.kind == .regular ? "a regular file" : "a socket or a pipe")
    }
}
