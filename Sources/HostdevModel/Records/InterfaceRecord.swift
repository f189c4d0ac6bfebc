/// An interface that is in a container, and what it was on the host.
public struct InterfaceRecord: Hashable, Sendable {
    /// Its number in the container's network namespace.
    public var containerIndex: Int32
    /// Its name in the container.
    public var containerName: String
    /// The host's network namespace, where it belongs.
    public var home: FileID
    /// When it was looked at there, in milliseconds after boot (CLOCK_BOOTTIME): lifetimes in messages count from then.
    public var lookedAt: Int64
    /// What the kernel said of it on the host, message for message: itself first, then what it carried.
    public var messages: [Message]
    /// Settings that the kernel keeps in files.
    public var settings: [Setting]
    /// What sits on top of it, such as VLANs: they stay where they are, under the number and the name that are here.
    /// The home of one that is not on the host is the network namespace in which it is.
    public var children: [InterfaceRecord]
    /// Whether what sits on top of it was looked for in all network namespaces, else on the host only.
    public var knowsUpperLinks = false
    /// The other interfaces of the same radio, which go with it. None has companions of its own.
    public var companions: [InterfaceRecord] = []
    /// Whether its device has left the host, and with it the interface the container.
    public var isAway = false
    /// The folders of sysfs that a container of OpenVZ 7's is shown for it, from the top.
    public var shownFolders: [String] = []

    /// A message of rtnetlink(7), or of nl80211 (linux/nl80211.h).
    public struct Message: Hashable, Sendable {
        /// What the message is about.
        public enum Subject: String, Hashable, Sendable, CaseIterable {
            case link, master, vlans, address, nexthop, route, neighbour, qdisc, tclass, filter
            /// What ethtool(8) sets: linux/ethtool_netlink.h.
            case ethtool
            /// The radio of a Wi-Fi interface, and the interface on it: nl80211.
            case radio, wireless
        }

        /// What the message is about.
        public var subject: Subject
        /// The `RTM_` type; of nl80211's, which the kernel numbers anew each time it starts, 0.
        public var type: UInt16
        /// What follows `struct nlmsghdr`.
        public var bytes: [UInt8]
        /// The same for people.
        public var about: String

        /// A message from its parts.
        public init(subject: Subject, type: UInt16, bytes: [UInt8], about: String) {
            self.subject = subject
            self.type = type
            self.bytes = bytes
            self.about = about
        }
    }

    /// A setting in a file of the interface's below `/proc/sys/net`.
    public struct Setting: Hashable, Sendable {
        /// The kind of settings: `ipv4/neigh`.
        public var folder: String
        /// The file.
        public var name: String
        /// What it said.
        public var value: String

        /// A setting from its parts.
        public init(folder: String, name: String, value: String) {
            self.folder = folder
            self.name = name
            self.value = value
        }
    }

    /// A record from its parts.
    public init(
        containerIndex: Int32, containerName: String, home: FileID, lookedAt: Int64 = 0, messages: [Message],
        settings: [Setting] = [], children: [InterfaceRecord] = []
    ) {
        self.containerIndex = containerIndex
        self.containerName = containerName
        self.home = home
        self.lookedAt = lookedAt
        self.messages = messages
        self.settings = settings
        self.children = children
    }
}
