internal import CNetlink
internal import Glibc

/// What the master of a port keeps for it: a bridge, bond, team or vrf.
public struct PortInfo: Hashable, Sendable {
    /// The kind of the master, `bridge`.
    public let kind: String
    /// The settings that can be set, by their `IFLA_BRPORT_` or `IFLA_BOND_SLAVE_` types.
    public let settings: [Int: [UInt8]]
    /// The hardware address that the port had before a bond gave it the bond's own. Nil for the port of another master.
    public let ownAddress: [UInt8]?

    init?(_ information: Attributes) {
        guard let kind = information[IFLA_INFO_SLAVE_KIND] else { return nil }
        self.kind = String(decoding: kind.text, as: UTF8.self)
        let data = information[IFLA_INFO_SLAVE_DATA]?.nested ?? Attributes([])
        settings = data.values(of: Self.settable[self.kind] ?? [])
        ownAddress = self.kind == "bond" ? data[IFLA_BOND_SLAVE_PERM_HWADDR].map { Array($0.value) } : nil
    }

    // Without the state of a bridge's port, which the bridge works out when the port goes up.
    private static let settable: [String: Set<Int>] = [
        "bridge": [
            IFLA_BRPORT_PRIORITY, IFLA_BRPORT_COST, IFLA_BRPORT_MODE, IFLA_BRPORT_GUARD, IFLA_BRPORT_PROTECT,
            IFLA_BRPORT_FAST_LEAVE, IFLA_BRPORT_LEARNING, IFLA_BRPORT_UNICAST_FLOOD, IFLA_BRPORT_PROXYARP,
            IFLA_BRPORT_PROXYARP_WIFI, IFLA_BRPORT_MULTICAST_ROUTER, IFLA_BRPORT_MCAST_FLOOD,
            IFLA_BRPORT_MCAST_TO_UCAST, IFLA_BRPORT_VLAN_TUNNEL, IFLA_BRPORT_BCAST_FLOOD, IFLA_BRPORT_GROUP_FWD_MASK,
            IFLA_BRPORT_NEIGH_SUPPRESS, IFLA_BRPORT_ISOLATED, IFLA_BRPORT_BACKUP_PORT,
            IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT, IFLA_BRPORT_LOCKED, IFLA_BRPORT_MAB, IFLA_BRPORT_MCAST_MAX_GROUPS,
            IFLA_BRPORT_NEIGH_VLAN_SUPPRESS, IFLA_BRPORT_BACKUP_NHID,
        ],
        "bond": [IFLA_BOND_SLAVE_QUEUE_ID, IFLA_BOND_SLAVE_PRIO],
    ]

    // linux/if_link.h of Linux 6.2 to 6.6.
    private static let IFLA_BRPORT_MAB = 40
    private static let IFLA_BRPORT_MCAST_MAX_GROUPS = 42
    private static let IFLA_BRPORT_NEIGH_VLAN_SUPPRESS = 43
    private static let IFLA_BRPORT_BACKUP_NHID = 44
}

extension Link {
    /// What its master keeps for it. Nil for an interface without a master.
    public var port: PortInfo? { attributes[IFLA_LINKINFO].flatMap { PortInfo($0.nested) } }

    /// The hardware address that it has without a master.
    public var ownAddress: [UInt8] { port?.ownAddress ?? hardwareAddress }
}

/// The VLANs of a bridge's port: RTM_NEWLINK of the family AF_BRIDGE, bridge(8).
public struct BridgePortVLANs: Hashable, Sendable {
    /// The kernel's message.
    public let message: KernelMessage

    /// Takes an RTM_NEWLINK of the family AF_BRIDGE.
    public init(_ message: KernelMessage) {
        self.message = message
    }

    /// The index of the interface.
    var linkIndex: Int32 { message.header(at: 4, as: Int32.self) }

    /// `struct bridge_vlan_info` of each VLAN, or of the first and the last of a range.
    var entries: [[UInt8]] {
        let all = message.attributes(after: ifinfomsg.self)[IFLA_AF_SPEC]?.nested
        return all?.filter { $0.type == IFLA_BRIDGE_VLAN_INFO }.map { Array($0.value) } ?? []
    }
}

extension NetlinkSocket {
    /// Makes an interface a port of a master. A bond or a team takes only an interface that is down; a bond sets it up.
    public func setMaster(_ master: Int32, of index: Int32) throws(NetlinkError) {
        let message = change(index)
        message.put(IFLA_MASTER, master)
        try perform(message, "make interface \(index) a port of interface \(master)")
    }

    /// Sets one setting of a port, by its `IFLA_BRPORT_` or `IFLA_BOND_SLAVE_` type.
    public func set(_ setting: Int, to value: [UInt8], ofPort index: Int32, kind: String) throws(NetlinkError) {
        let message = change(index)
        message.nest(IFLA_LINKINFO) { information in
            information.put(IFLA_INFO_SLAVE_KIND, LinkName(kind))
            information.nest(IFLA_INFO_SLAVE_DATA) { $0.put(setting, value) }
        }
        try perform(message, "set \(kind) port setting \(setting) of interface \(index)")
    }

    /// Returns the VLANs of a bridge's port, or nil when it has none, as with a kernel whose bridges do not filter VLANs.
    public func vlans(ofPort index: Int32) throws(NetlinkError) -> BridgePortVLANs? {
        var header = ifinfomsg()
        header.ifi_family = UInt8(AF_BRIDGE)
        let message = NetlinkMessage(RTM_GETLINK, flags: NLM_F_DUMP, header: header)
        message.put(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_BRVLAN_COMPRESSED))
        let all = try query(message, "list the VLANs of interface \(index)").map(BridgePortVLANs.init)
        return all.first { $0.linkIndex == index && !$0.entries.isEmpty }
    }

    /// Replaces the VLANs of a port, unless they are the same.
    public func restore(_ vlans: BridgePortVLANs, on index: Int32) throws(NetlinkError) {
        let present = try self.vlans(ofPort: index)?.entries ?? []
        guard present != vlans.entries else { return }
        try change(present, on: index, RTM_DELLINK)
        try change(vlans.entries, on: index, RTM_SETLINK)
    }

    /// Sends requests of at most 200 entries each. The first and the last VLAN of a range have to be in the same one.
    private func change(_ entries: [[UInt8]], on index: Int32, _ type: Int) throws(NetlinkError) {
        var header = ifinfomsg()
        header.ifi_family = UInt8(AF_BRIDGE)
        header.ifi_index = index
        var rest = entries[...]
        while !rest.isEmpty {
            var part = rest.prefix(200)
            if part.count < rest.count, part.last.map(Self.beginsRange) == true { part = part.dropLast() }
            rest = rest.dropFirst(part.count)
            let message = NetlinkMessage(type, header: header)
            message.nest(IFLA_AF_SPEC) { list in
                for entry in part { list.put(Int(IFLA_BRIDGE_VLAN_INFO), entry) }
            }
            try perform(message, "set the VLANs of interface \(index)")
        }
    }

    /// Whether an entry is the first VLAN of a range, whose last comes next: the flags of `struct bridge_vlan_info`.
    private static func beginsRange(_ entry: [UInt8]) -> Bool {
        UInt16(littleEndianBytes: entry) & UInt16(BRIDGE_VLAN_INFO_RANGE_BEGIN) != 0
    }
}
