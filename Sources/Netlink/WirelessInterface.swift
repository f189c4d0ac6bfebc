internal import CNetlink

/// An interface of a radio: NL80211_CMD_NEW_INTERFACE, linux/nl80211.h.
public struct WirelessInterface: Hashable, Sendable {
    /// The kernel's message, from which all else here is read.
    public let message: KernelMessage
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
        self.message = KernelMessage(type: 0, bytes: message.bytes)
        self.radio = radio
        self.id = UInt64(littleEndianBytes: id.value)
        mode = Mode(type: type, usesFourAddresses: attributes[NL80211_ATTR_4ADDR].map { $0.byte != 0 } ?? false)
        index = attributes[NL80211_ATTR_IFINDEX].map { Int32(bitPattern: $0.number) }
        name = attributes[NL80211_ATTR_IFNAME]?.name ?? ""
    }

    /// NL80211_PS_ENABLED where it sleeps between packets, NL80211_PS_DISABLED where it does not. Nil where that is not
    /// known.
    public var powerSaving: UInt32? { message.attributes(after: genlmsghdr.self)[NL80211_ATTR_PS_STATE]?.number }

    func with(powerSaving state: UInt32?) -> WirelessInterface {
        var message = message
        if let state { message.addAttribute(Int(NL80211_ATTR_PS_STATE.rawValue), state) }
        return WirelessInterface(message) ?? self
    }

    /// Whether it hears everything on its channel, and is not bound to a network's.
    public var isMonitor: Bool { mode.type == NL80211_IFTYPE_MONITOR.rawValue }

    /// The channel on which it is. Empty where it is on none, as while it is down.
    var channel: [(type: nl80211_attrs, value: [UInt8])] {
        let attributes = message.attributes(after: genlmsghdr.self)
        return Self.channel.compactMap { type in attributes[type].map { (type: type, value: Array($0.value)) } }
    }

    /// Whether another interface is on the same channel.
    public func isOnChannel(of other: WirelessInterface) -> Bool {
        channel.map(\.value) == other.channel.map(\.value)
    }

    private static let channel = [
        NL80211_ATTR_WIPHY_FREQ, NL80211_ATTR_WIPHY_FREQ_OFFSET, NL80211_ATTR_CHANNEL_WIDTH,
        NL80211_ATTR_CENTER_FREQ1, NL80211_ATTR_CENTER_FREQ1_OFFSET, NL80211_ATTR_CENTER_FREQ2,
    ]
}
