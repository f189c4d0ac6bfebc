internal import CNetlink

/// A radio as the kernel describes it (there `wiphy`): NL80211_CMD_NEW_WIPHY, linux/nl80211.h.
public struct Radio: Hashable, Sendable {
    /// What of it somebody can set, and its number, in one message.
    public let message: KernelMessage
    /// Its number: of no other radio until the machine starts again, in whatever network namespace.
    public let number: UInt32
    /// Its name, `phy0`.
    public let name: LinkName
    /// Whether its driver lets it into another network namespace.
    public let canMove: Bool

    /// Reads what the kernel said of one radio, in as many messages as it took.
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

    /// What has to be set to make another state of the same radio this one: the attributes of a request each.
    func changes(from now: Radio) -> [[(type: nl80211_attrs, value: [UInt8])]] {
        Self.settings.compactMap { types in
            let wanted = types.compactMap { type in attributes[type].map { (type: type, value: Array($0.value)) } }
            let isThere = wanted.allSatisfy { now.attributes[$0.type].map { Array($0.value) } == $0.value }
            return isThere ? nil : wanted
        }
    }

    // Antennas for sending and receiving are set together.
    private static let settings = [
        [NL80211_ATTR_WIPHY_NAME], [NL80211_ATTR_WIPHY_RETRY_SHORT], [NL80211_ATTR_WIPHY_RETRY_LONG],
        [NL80211_ATTR_WIPHY_FRAG_THRESHOLD], [NL80211_ATTR_WIPHY_RTS_THRESHOLD], [NL80211_ATTR_WIPHY_COVERAGE_CLASS],
        [NL80211_ATTR_WIPHY_ANTENNA_TX, NL80211_ATTR_WIPHY_ANTENNA_RX],
    ]
}

extension Attributes {
    subscript(type: nl80211_attrs) -> Attribute? { self[Int(type.rawValue)] }
}
