/// What is known of an attachment, enough to list it, take it back or finish it in another process: a record of the
/// journal.
public struct AttachmentRecord: Hashable, Sendable {
    /// Names it for its life; 16 hexadecimal digits.
    public var id: String
    /// The run of attach that made it: all attachments of one run come to be, or none.
    public var transaction: String
    /// Whether somebody has begun to take it back.
    public var isDetaching: Bool
    /// When it was attached, in seconds since 1970, UTC.
    public var since: Int64
    /// The container that has it.
    public var container: ContainerIdentity
    /// What was asked for.
    public var hostdev: Hostdev
    /// What was changed for it.
    public var change: Change

    /// What was changed, by the kind of device.
    public enum Change: Hashable, Sendable {
        case interface(InterfaceRecord)
        case nodes(NodesRecord)
    }

    /// A record from its parts.
    public init(
        id: String, transaction: String, isDetaching: Bool = false, since: Int64, container: ContainerIdentity,
        hostdev: Hostdev, change: Change
    ) {
        self.id = id
        self.transaction = transaction
        self.isDetaching = isDetaching
        self.since = since
        self.container = container
        self.hostdev = hostdev
        self.change = change
    }
}

/// A container as it was found: enough to tell whether what is found later is still the same.
public struct ContainerIdentity: Hashable, Sendable {
    /// The full reference, `lxc:web`.
    public var reference: String
    /// Its init process on the host and when that started, in clock ticks after boot. Nil without a process.
    public var process: Process?
    /// Its network namespace: the `st_dev` and `st_ino` of its file.
    public var network: FileID
    /// Its mount namespace, which tells it from others that share its network. Nil without a process.
    public var mounts: FileID?

    /// A process for the life of the machine.
    public struct Process: Hashable, Sendable {
        /// Its number on the host.
        public var id: Int32
        /// When it started, in clock ticks after boot.
        public var startTime: UInt64

        /// A process from its number and start.
        public init(id: Int32, startTime: UInt64) {
            self.id = id
            self.startTime = startTime
        }
    }

    /// An identity from its parts.
    public init(reference: String, process: Process?, network: FileID, mounts: FileID? = nil) {
        self.reference = reference
        self.process = process
        self.network = network
        self.mounts = mounts
    }
}

/// A file by its `st_dev` and `st_ino`: stat(2).
public struct FileID: Hashable, Sendable {
    /// The file system.
    public var device: UInt64
    /// The file on it.
    public var inode: UInt64

    /// A file from its two numbers.
    public init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}
