/// Device nodes that were made in a container, and the rules that let it use them.
public struct NodesRecord: Hashable, Sendable {
    /// The kernel's name of the device when it was attached, `sg3`.
    public var name: String
    /// Where the SCSI unit was on the host that the device is, or is a part of.
    public var address: SCSIAddress?
    /// The unit's world-wide identifier, where it has one.
    public var wwid: String?
    /// What tells the device from another one that may get its numbers.
    public var identity: String
    /// The lock that every run takes before it gives the device, or what is a part of it, to a container.
    public var lock: String
    /// Whether the container has the device, or that has left the host meanwhile.
    public var presence: Presence
    /// What is made in the container, in the order of making.
    public var entries: [Entry]
    /// What lets the container use the nodes.
    public var grants: [Grant]

    /// Whether a container has a device.
    public enum Presence: String, Hashable, Sendable {
        /// It has what is in `entries` and `grants`.
        case here
        /// It has perhaps some of that, which is being taken away, or made again.
        case unsettled
        /// It has nothing: the device has left the host.
        case away
    }

    /// What an entry of a directory is.
    public enum Content: Hashable, Sendable {
        case directory
        /// A device node; `isBlock` else character.
        case node(isBlock: Bool, major: UInt32, minor: UInt32)
        /// A symbolic link with its text.
        case link(String)
    }

    /// An entry that is to be made, and what was made for it.
    public struct Entry: Hashable, Sendable {
        /// Where, as seen inside.
        public var path: String
        /// What.
        public var content: Content
        /// Whether it is a node of a file system of its own, mounted over what has the path.
        public var isMounted: Bool
        /// Of a node, where the device is in sysfs, by which programs are told that it has come or gone.
        public var place: Place?
        /// The files that came of it: directories on the way first.
        public var made: [Made]

        /// An entry from its parts.
        public init(path: String, content: Content, isMounted: Bool, place: Place? = nil, made: [Made] = []) {
            self.path = path
            self.content = content
            self.isMounted = isMounted
            self.place = place
            self.made = made
        }
    }

    /// A place in sysfs.
    public struct Place: Hashable, Sendable {
        /// Below where sysfs is mounted: `/devices/virtual/misc/fuse`.
        public var path: String
        /// `misc`, `scsi_generic`.
        public var subsystem: String

        /// A place from its parts.
        public init(path: String, subsystem: String) {
            self.path = path
            self.subsystem = subsystem
        }
    }

    /// A file that was made.
    public struct Made: Hashable, Sendable {
        /// Where, as seen inside.
        public var path: String
        /// What.
        public var content: Content
        /// Whether it is the empty file over which a node is mounted.
        public var isPlaceholder: Bool
        /// Which file.
        public var file: FileID

        /// A file from its parts.
        public init(path: String, content: Content, isPlaceholder: Bool, file: FileID) {
            self.path = path
            self.content = content
            self.isPlaceholder = isPlaceholder
            self.file = file
        }
    }

    /// A change to what a control group may use.
    public struct Grant: Hashable, Sendable {
        /// The tag of the way in which it was granted.
        public var means: String
        /// The group's directory, or where its hierarchy is mounted.
        public var directory: String
        /// The inode number of the group's directory.
        public var group: UInt64
        /// Whether the device is a block device, else a character device.
        public var isBlock: Bool
        /// The device's major number.
        public var major: UInt32
        /// The device's minor number.
        public var minor: UInt32
        /// The letters of the device cgroup: `rw`.
        public var access: String

        /// A grant from its parts.
        public init(
            means: String, directory: String, group: UInt64, isBlock: Bool, major: UInt32, minor: UInt32, access: String
        ) {
            self.means = means
            self.directory = directory
            self.group = group
            self.isBlock = isBlock
            self.major = major
            self.minor = minor
            self.access = access
        }
    }

    /// A record from its parts.
    public init(
        name: String, address: SCSIAddress?, wwid: String?, identity: String, lock: String, presence: Presence = .here,
        entries: [Entry], grants: [Grant]
    ) {
        self.name = name
        self.address = address
        self.wwid = wwid
        self.identity = identity
        self.lock = lock
        self.presence = presence
        self.entries = entries
        self.grants = grants
    }
}
