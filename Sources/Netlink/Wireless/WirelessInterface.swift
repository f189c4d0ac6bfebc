internal import CNetlink

/// An interface of a radio (`wdev`): NL80211_CMD_NEW_INTERFACE, linux/nl80211.h.
public struct WirelessInterface: Hashable, Sendable {
    /// The kernel's message, from which all other properties are read.
    public let message: KernelMessage
    /// The number of its radio.
    public let radio: UInt32
    /// The number (`wdev` id), which it keeps in every network namespace and which cannot be set.
    public let id: UInt64
    /// The mode.
    public let mode: Mode
    /// The index as a network interface. Nil for one that carries no packets, as for P2P discovery.
    public let index: Int32?
    /// The name as a network interface. Empty when it is none.
    public let name: LinkName

    /// The mode of a wireless interface.
    public struct Mode: Hashable, Sendable, CustomStringConvertible {
        /// The type, NL80211_IFTYPE_.
        public let type: UInt32
        /// Whether it sends frames with four addresses, as the port of a bridge has to.
        public let usesFourAddresses: Bool

        /// A mode from its parts.
        public init(type: UInt32, usesFourAddresses: Bool) {
            self.type = type
            self.usesFourAddresses = usesFourAddresses
        }

        /// `managed`, in the words of iw(8).
        public var description: String {
            let names = [
                "unspecified", "IBSS", "managed", "AP", "AP/VLAN", "WDS", "monitor", "mesh point", "P2P-client",
                "P2P-GO", "P2P-device", "outside of a BSS", "NAN",
            ]
            let name = names.indices.contains(Int(type)) ? names[Int(type)] : "type \(type)"
            return usesFourAddresses ? name + " with four addresses" : name
        }
    }

    /// Reads an NL80211_CMD_NEW_INTERFACE. Returns nil when it lacks the radio, the number or the type.
    public init?(_ message: KernelMessage) {
        let attributes = message.attributes(after: genlmsghdr.self)
        guard let radio = attributes[NL80211_ATTR_WIPHY]?.number, let id = attributes[NL80211_ATTR_WDEV],
            let type = attributes[NL80211_ATTR_IFTYPE]?.number
        else { return nil }
        self.message = KernelMessage(type: 0, bytes: message.bytes)
        self.radio = radio
        self.id = UInt64(littleEndianBytes: id.value)
        mode = Mode(type: type, usesFourAddresses: attributes[NL80211_ATTR_4ADDR].map { $0.byte != 0 } ?? false)
        index = attributes[NL80211_ATTR_IFINDEX].map { Int32(bitPattern: $0.number) }
        name = attributes[NL80211_ATTR_IFNAME]?.name ?? ""
    }

    /// Whether it sleeps between packets: NL80211_PS_ENABLED or NL80211_PS_DISABLED. Nil when that is unknown.
    public var powerSaving: UInt32? { message.attributes(after: genlmsghdr.self)[NL80211_ATTR_PS_STATE]?.number }

    func with(powerSaving state: UInt32?) -> WirelessInterface {
        var message = message
        if let state { message.addAttribute(Int(NL80211_ATTR_PS_STATE.rawValue), state) }
        return WirelessInterface(message) ?? self
    }

    /// Whether it receives everything on its channel, and belongs to no network.
    public var isMonitor: Bool { mode.type == NL80211_IFTYPE_MONITOR.rawValue }

    /// The channel, as attributes. Empty when it has none, as while it is down.
    var channel: [(type: nl80211_attrs, value: [UInt8])] {
        let attributes = message.attributes(after: genlmsghdr.self)
        return Self.channel.compactMap { type in attributes[type].map { (type: type, value: Array($0.value)) } }
    }

    /// Returns whether another interface is on the same channel.
    public func isOnChannel(of other: WirelessInterface) -> Bool {
        channel.map(\.value) == other.channel.map(\.value)
    }

    private static let channel = [
        NL80211_ATTR_WIPHY_FREQ, NL80211_ATTR_WIPHY_FREQ_OFFSET, NL80211_ATTR_CHANNEL_WIDTH,
        NL80211_ATTR_CENTER_FREQ1, NL80211_ATTR_CENTER_FREQ1_OFFSET, NL80211_ATTR_CENTER_FREQ2,
    ]
}
