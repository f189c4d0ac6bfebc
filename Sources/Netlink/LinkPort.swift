internal import CNetlink

/// What an interface is as a port of a bridge, bond, team or vrf: the settings that its master keeps for it.
public struct PortInfo: Hashable, Sendable {
    /// The kind of the master, `bridge`.
    public let kind: String
    /// The settings by their `IFLA_BRPORT_` or `IFLA_BOND_SLAVE_` numbers, as far as somebody can set them.
    public let settings: [Int: [UInt8]]
    /// The hardware address that it had before a bond gave it the bond's own.
    public let ownAddress: [UInt8]?

    init?(_ information: Attributes) {
        guard let kind = information[IFLA_INFO_SLAVE_KIND] else { return nil }
        self.kind = String(decoding: kind.text, as: UTF8.self)
        let data = information[IFLA_INFO_SLAVE_DATA]?.nested ?? Attributes([])
        let settable = Self.settable[self.kind] ?? []
        settings = Dictionary(
            data.filter { settable.contains($0.type) }.map { ($0.type, Array($0.value)) }, uniquingKeysWith: { $1 })
        ownAddress = self.kind == "bond" ? data[IFLA_BOND_SLAVE_PERM_HWADDR].map { Array($0.value) } : nil
    }

    // Not the state of a bridge's port, which the bridge itself works out when the port goes up.
    private static let settable: [String: Set<Int>] = [
        "bridge": [
            IFLA_BRPORT_PRIORITY, IFLA_BRPORT_COST, IFLA_BRPORT_MODE, IFLA_BRPORT_GUARD, IFLA_BRPORT_PROTECT,
            IFLA_BRPORT_FAST_LEAVE, IFLA_BRPORT_LEARNING, IFLA_BRPORT_UNICAST_FLOOD, IFLA_BRPORT_PROXYARP,
            IFLA_BRPORT_PROXYARP_WIFI, IFLA_BRPORT_MULTICAST_ROUTER, IFLA_BRPORT_MCAST_FLOOD,
            IFLA_BRPORT_MCAST_TO_UCAST, IFLA_BRPORT_VLAN_TUNNEL, IFLA_BRPORT_BCAST_FLOOD, IFLA_BRPORT_GROUP_FWD_MASK,
            IFLA_BRPORT_NEIGH_SUPPRESS, IFLA_BRPORT_ISOLATED, IFLA_BRPORT_BACKUP_PORT,
            IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT, IFLA_BRPORT_LOCKED, 40, 42, 43, 44,  // MAB, MCAST_MAX_GROUPS and newer
        ],
        "bond": [IFLA_BOND_SLAVE_QUEUE_ID, IFLA_BOND_SLAVE_PRIO],
    ]
}

extension Link {
    /// What it is as a port. Nil for an interface without a master.
    public var port: PortInfo? {
        message.attributes(after: ifinfomsg.self)[IFLA_LINKINFO].flatMap { PortInfo($0.nested) }
    }

    /// Its hardware address when it is nobody's port.
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

    /// The number of the interface.
    var linkIndex: Int32 { message.header(at: 4, as: Int32.self) }

    /// `struct bridge_vlan_info` for each VLAN, or for the first and the last of several in a row.
    var entries: [[UInt8]] {
        let all = message.attributes(after: ifinfomsg.self)[IFLA_AF_SPEC]?.nested
        return all?.filter { $0.type == IFLA_BRIDGE_VLAN_INFO }.map { Array($0.value) } ?? []
    }
}
