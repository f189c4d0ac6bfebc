internal import CNetlink

/// Settings of an interface's driver, of one group that ethtool(8) sets together, in the kernel's message:
/// linux/ethtool_netlink.h.
public struct EthtoolRecord: Hashable, Sendable, CustomStringConvertible {
    /// The kernel's message. Its type is that of the request for it, ETHTOOL_MSG_…_GET, since the number of the netlink family
    /// may be another one after a reboot.
    public let message: KernelMessage

    /// Takes the reply to a request of a type.
    public init(_ message: KernelMessage) {
        self.message = message
    }

    /// The group. Nil when the type names none.
    var group: EthtoolGroup? { EthtoolGroup.all.first { $0.get == message.type } }
    private var attributes: Attributes { message.attributes(after: genlmsghdr.self) }

    /// `offload features`.
    public var description: String { group?.name ?? "settings \(message.type)" }

    /// Returns the attributes to set so that the present settings become these. Empty when they are the same.
    func changes(from now: EthtoolRecord) -> [Attributes.Attribute] {
        guard let group else { return [] }
        let present = now.attributes
        let wanted = group.settable(attributes).map { group.supported($0, by: present) }
        let changed = wanted.filter { attribute in present[attribute.type]?.value.elementsEqual(attribute.value) != true
        }
        guard !changed.isEmpty else { return [] }
        return (group.isSetAsAWhole ? wanted : changed).map { group.request($0, among: attributes) }
    }
}

/// Settings that are read, and set, in one request.
struct EthtoolGroup {
    let name: String
    /// The type of the request that reads them: ETHTOOL_MSG_…_GET.
    let get: UInt16
    /// The type of the request that sets them: ETHTOOL_MSG_…_SET.
    let set: UInt8
    /// The attributes that can be set.
    private let types: Set<Int>
    /// Whether a request holds all of them, and not only those that change.
    let isSetAsAWhole: Bool

    private init(_ name: String, get: Int, set: Int, _ types: some Sequence<Int>, isSetAsAWhole: Bool = false) {
        self.name = name
        self.get = UInt16(get)
        self.set = UInt8(set)
        self.types = Set(types)
        self.isSetAsAWhole = isSetAsAWhole
    }

    /// All groups in the order in which they are set: the numbers of queues first, on which others depend.
    static let all = [
        EthtoolGroup(
            "channels", get: ETHTOOL_MSG_CHANNELS_GET, set: ETHTOOL_MSG_CHANNELS_SET,
            ETHTOOL_A_CHANNELS_RX_COUNT...ETHTOOL_A_CHANNELS_COMBINED_COUNT),
        EthtoolGroup(
            "rings", get: ETHTOOL_MSG_RINGS_GET, set: ETHTOOL_MSG_RINGS_SET,
            Array(ETHTOOL_A_RINGS_RX...ETHTOOL_A_RINGS_TX_PUSH_BUF_LEN) + [ETHTOOL_A_RINGS_HDS_THRESH]),
        EthtoolGroup(
            "private flags", get: ETHTOOL_MSG_PRIVFLAGS_GET, set: ETHTOOL_MSG_PRIVFLAGS_SET, [ETHTOOL_A_PRIVFLAGS_FLAGS]
        ),
        EthtoolGroup(
            "offload features", get: ETHTOOL_MSG_FEATURES_GET, set: ETHTOOL_MSG_FEATURES_SET,
            [ETHTOOL_A_FEATURES_WANTED]),
        EthtoolGroup(
            "coalescing", get: ETHTOOL_MSG_COALESCE_GET, set: ETHTOOL_MSG_COALESCE_SET,
            ETHTOOL_A_COALESCE_RX_USECS...ETHTOOL_A_COALESCE_TX_PROFILE),
        EthtoolGroup(
            "port", get: ETHTOOL_MSG_LINKINFO_GET, set: ETHTOOL_MSG_LINKINFO_SET,
            [ETHTOOL_A_LINKINFO_PORT, ETHTOOL_A_LINKINFO_PHYADDR, ETHTOOL_A_LINKINFO_TP_MDIX_CTRL]),
        EthtoolGroup(
            "link modes", get: ETHTOOL_MSG_LINKMODES_GET, set: ETHTOOL_MSG_LINKMODES_SET,
            [
                ETHTOOL_A_LINKMODES_AUTONEG, ETHTOOL_A_LINKMODES_OURS, ETHTOOL_A_LINKMODES_SPEED,
                ETHTOOL_A_LINKMODES_DUPLEX, ETHTOOL_A_LINKMODES_MASTER_SLAVE_CFG, ETHTOOL_A_LINKMODES_LANES,
            ], isSetAsAWhole: true),
        EthtoolGroup(
            "pause", get: ETHTOOL_MSG_PAUSE_GET, set: ETHTOOL_MSG_PAUSE_SET,
            [ETHTOOL_A_PAUSE_AUTONEG, ETHTOOL_A_PAUSE_RX, ETHTOOL_A_PAUSE_TX]),
        EthtoolGroup(
            "energy saving", get: ETHTOOL_MSG_EEE_GET, set: ETHTOOL_MSG_EEE_SET,
            [
                ETHTOOL_A_EEE_MODES_OURS, ETHTOOL_A_EEE_ENABLED, ETHTOOL_A_EEE_TX_LPI_ENABLED,
                ETHTOOL_A_EEE_TX_LPI_TIMER,
            ]),
        EthtoolGroup(
            "error correction", get: ETHTOOL_MSG_FEC_GET, set: ETHTOOL_MSG_FEC_SET,
            [ETHTOOL_A_FEC_MODES, ETHTOOL_A_FEC_AUTO]),
        EthtoolGroup(
            "wake-on-LAN", get: ETHTOOL_MSG_WOL_GET, set: ETHTOOL_MSG_WOL_SET,
            [ETHTOOL_A_WOL_MODES, ETHTOOL_A_WOL_SOPASS]),
        EthtoolGroup("messages", get: ETHTOOL_MSG_DEBUG_GET, set: ETHTOOL_MSG_DEBUG_SET, [ETHTOOL_A_DEBUG_MSGMASK]),
        EthtoolGroup(
            "power of the module", get: ETHTOOL_MSG_MODULE_GET, set: ETHTOOL_MSG_MODULE_SET,
            [ETHTOOL_A_MODULE_POWER_MODE_POLICY]),
        EthtoolGroup(
            "receive hashing", get: ETHTOOL_MSG_RSS_GET, set: ETHTOOL_MSG_RSS_SET,
            [
                ETHTOOL_A_RSS_HFUNC, ETHTOOL_A_RSS_INDIR, ETHTOOL_A_RSS_HKEY, ETHTOOL_A_RSS_INPUT_XFRM,
                ETHTOOL_A_RSS_FLOW_HASH,
            ]),
    ]

    // linux/ethtool_netlink.h and its successor, linux/ethtool_netlink_generated.h, of Linux 6.2 to 6.18.
    private static let ETHTOOL_A_RINGS_TX_PUSH_BUF_LEN = 15
    private static let ETHTOOL_A_RINGS_HDS_THRESH = 17
    private static let ETHTOOL_A_COALESCE_TX_PROFILE = 30
    private static let ETHTOOL_MSG_RSS_GET = 38
    private static let ETHTOOL_MSG_RSS_SET = 48
    private static let ETHTOOL_A_RSS_HFUNC = 3
    private static let ETHTOOL_A_RSS_INDIR = 4
    private static let ETHTOOL_A_RSS_HKEY = 5
    private static let ETHTOOL_A_RSS_INPUT_XFRM = 6
    private static let ETHTOOL_A_RSS_FLOW_HASH = 8

    /// Returns those attributes of a reply that are to be set again.
    fileprivate func settable(_ attributes: Attributes) -> [Attributes.Attribute] {
        let all = attributes.filter { types.contains($0.type) }
        guard get == ETHTOOL_MSG_LINKMODES_GET else { return all }
        // With autonegotiation the speed is its result. Without it, and without a link, the speed is unknown.
        let negotiates = attributes[ETHTOOL_A_LINKMODES_AUTONEG]?.byte == 1
        return all.filter { attribute in
            switch attribute.type {
            case ETHTOOL_A_LINKMODES_OURS: negotiates
            case ETHTOOL_A_LINKMODES_SPEED: !negotiates && attribute.number != .max && attribute.number != 0
            case ETHTOOL_A_LINKMODES_DUPLEX: !negotiates && attribute.byte != .max
            case ETHTOOL_A_LINKMODES_AUTONEG: true
            default: attribute.value.contains { $0 != 0 }
            }
        }
    }

    /// Returns an attribute without the modes of wake-on-LAN that the card does not support at present, for which the kernel
    /// would refuse the request: one that was plugged in again may be behind a port that cannot wake. The mask of a reply says
    /// which are supported.
    fileprivate func supported(_ attribute: Attributes.Attribute, by present: Attributes) -> Attributes.Attribute {
        guard get == ETHTOOL_MSG_WOL_GET, attribute.type == ETHTOOL_A_WOL_MODES,
            let supported = present[ETHTOOL_A_WOL_MODES]?.nested[ETHTOOL_A_BITSET_MASK]?.value
        else { return attribute }
        var set: [UInt8] = []
        for part in attribute.nested {
            let isBits = [ETHTOOL_A_BITSET_VALUE, ETHTOOL_A_BITSET_MASK].contains(part.type)
            let bits = isBits ? zip(part.value, supported).map { $0 & $1 } : Array(part.value)
            set.append(Attributes.Attribute(type: part.type, flags: part.flags, value: bits[...]))
        }
        return Attributes.Attribute(type: attribute.type, flags: attribute.flags, value: set[...])
    }

    /// Returns an attribute of a reply as a request requires it.
    fileprivate func request(_ attribute: Attributes.Attribute, among all: Attributes) -> Attributes.Attribute {
        guard get == ETHTOOL_MSG_FEATURES_GET,
            let changeable = all[ETHTOOL_A_FEATURES_HW]?.nested[ETHTOOL_A_BITSET_VALUE]
        else { return attribute }
        // The kernel reports the features as a list, without a mask. It refuses a request for one that cannot be changed.
        let kept = [ETHTOOL_A_BITSET_SIZE, ETHTOOL_A_BITSET_VALUE]
        var set: [UInt8] = []
        for part in attribute.nested where kept.contains(part.type) { set.append(part) }
        set.append(Attributes.Attribute(type: ETHTOOL_A_BITSET_MASK, value: changeable.value))
        return Attributes.Attribute(type: attribute.type, flags: UInt16(NLA_F_NESTED), value: set[...])
    }
}
