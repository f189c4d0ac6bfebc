internal import CNetlink

/// A radio as the kernel describes it (there `wiphy`): NL80211_CMD_NEW_WIPHY, linux/nl80211.h.
public struct Radio: Hashable, Sendable {
    /// Its number: of no other radio until the machine starts again, in whatever network namespace.
    public let number: UInt32
    /// Its name, `phy0`.
    public let name: LinkName
    /// Whether its driver lets it into another network namespace.
    public let canMove: Bool

    /// Reads what the kernel said of one radio, in as many messages as it took.
    public init?(_ messages: [KernelMessage]) {
        let attributes = messages.map { $0.attributes(after: genlmsghdr.self) }
        guard let number = attributes.lazy.compactMap({ $0[NL80211_ATTR_WIPHY] }).first?.number,
            let name = attributes.lazy.compactMap({ $0[NL80211_ATTR_WIPHY_NAME] }).first?.name
        else { return nil }
        self.number = number
        self.name = name
        let commands = attributes.compactMap { $0[NL80211_ATTR_SUPPORTED_COMMANDS] }.flatMap { $0.nested }
        canMove = commands.contains { $0.number == NL80211_CMD_SET_WIPHY_NETNS.rawValue }
    }
}

/// An interface of a radio: NL80211_CMD_NEW_INTERFACE, linux/nl80211.h.
public struct WirelessInterface: Hashable, Sendable {
    /// The number of its radio.
    public let radio: UInt32
    /// Its own number, which it keeps wherever it goes and nobody can set.
    public let id: UInt64
    /// What it is.
    public let mode: Mode
    /// Its number as a network interface. Nil for one that has no packets to send, as for P2P discovery.
    public let index: Int32?
    /// Its name as a network interface, empty for none.
    public let name: LinkName

    /// What a wireless interface is.
    public struct Mode: Hashable, Sendable, CustomStringConvertible {
        /// NL80211_IFTYPE_.
        public let type: UInt32
        /// Whether it sends frames with four addresses, as a port of a bridge has to.
        public let usesFourAddresses: Bool

        /// A mode from its parts.
        public init(type: UInt32, usesFourAddresses: Bool) {
            self.type = type
            self.usesFourAddresses = usesFourAddresses
        }

        /// `managed`, as iw(8) says it.
        public var description: String {
            let names = [
                "unspecified", "IBSS", "managed", "AP", "AP/VLAN", "WDS", "monitor", "mesh point", "P2P-client",
                "P2P-GO", "P2P-device", "outside of a BSS", "NAN",
            ]
            let name = names.indices.contains(Int(type)) ? names[Int(type)] : "type \(type)"
            return usesFourAddresses ? name + " with four addresses" : name
        }
    }

    /// Reads an NL80211_CMD_NEW_INTERFACE.
    public init?(_ message: KernelMessage) {
        let attributes = message.attributes(after: genlmsghdr.self)
        guard let radio = attributes[NL80211_ATTR_WIPHY]?.number, let id = attributes[NL80211_ATTR_WDEV],
            let type = attributes[NL80211_ATTR_IFTYPE]?.number
        else { return nil }
        self.radio = radio
        self.id = UInt64(littleEndianBytes: id.value)
        mode = Mode(type: type, usesFourAddresses: attributes[NL80211_ATTR_4ADDR].map { $0.byte != 0 } ?? false)
        index = attributes[NL80211_ATTR_IFINDEX].map { Int32(bitPattern: $0.number) }
        name = attributes[NL80211_ATTR_IFNAME]?.name ?? ""
    }
}

extension Attributes {
    subscript(type: nl80211_attrs) -> Attribute? { self[Int(type.rawValue)] }
}
