internal import CNetlink

/// A radio, the kernel's `wiphy`: NL80211_CMD_NEW_WIPHY, linux/nl80211.h.
public struct Radio: Hashable, Sendable {
    /// Its number and the settings that can be set, in one message.
    public let message: KernelMessage
    /// The number (`wiphy` index). The kernel gives it to no other radio until the machine restarts, in any network namespace.
    public let number: UInt32
    /// The name, `phy0`.
    public let name: LinkName
    /// Whether its driver allows a move to another network namespace.
    public let canMove: Bool

    /// Reads the messages by which the kernel describes one radio. Returns nil when they lack its number or name.
    public init?(_ messages: [KernelMessage]) {
        let attributes = messages.map { $0.attributes(after: genlmsghdr.self) }
        func value(_ type: nl80211_attrs) -> Attributes.Attribute? { attributes.lazy.compactMap { $0[type] }.first }
        guard let number = value(NL80211_ATTR_WIPHY)?.number, let name = value(NL80211_ATTR_WIPHY_NAME)?.name else {
            return nil
        }
        self.number = number
        self.name = name
        let commands = attributes.compactMap { $0[NL80211_ATTR_SUPPORTED_COMMANDS] }.flatMap { $0.nested }
        canMove = commands.contains { $0.number == NL80211_CMD_SET_WIPHY_NETNS.rawValue }
        var message = KernelMessage(type: 0, bytes: [0, 0, 0, 0])
        for type in [NL80211_ATTR_WIPHY] + Self.settings.joined() {
            if let value = value(type) { message.add(value) }
        }
        self.message = message
    }

    private var attributes: Attributes { message.attributes(after: genlmsghdr.self) }

    /// Returns the attributes to set so that the present settings of the radio become these, those of one request together.
    func changes(from now: Radio) -> [[(type: nl80211_attrs, value: [UInt8])]] {
        Self.settings.compactMap { types in
            let wanted = types.compactMap { type in attributes[type].map { (type: type, value: Array($0.value)) } }
            let isThere = wanted.allSatisfy { now.attributes[$0.type].map { Array($0.value) } == $0.value }
            return isThere ? nil : wanted
        }
    }

    // The antennas for sending and receiving are set in one request.
    private static let settings = [
        [NL80211_ATTR_WIPHY_NAME], [NL80211_ATTR_WIPHY_RETRY_SHORT], [NL80211_ATTR_WIPHY_RETRY_LONG],
        [NL80211_ATTR_WIPHY_FRAG_THRESHOLD], [NL80211_ATTR_WIPHY_RTS_THRESHOLD], [NL80211_ATTR_WIPHY_COVERAGE_CLASS],
        [NL80211_ATTR_WIPHY_ANTENNA_TX, NL80211_ATTR_WIPHY_ANTENNA_RX],
    ]
}
