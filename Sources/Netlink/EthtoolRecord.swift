internal import CNetlink

/// Settings of an interface's driver, one group of those that ethtool(8) sets, in the kernel's message: linux/ethtool_netlink.h.
public struct EthtoolRecord: Hashable, Sendable, CustomStringConvertible {
    /// The kernel's message. Its type is that of the request for it, ETHTOOL_MSG_…_GET: the kernel numbers the family anew
    /// each time it starts.
    public let message: KernelMessage

    /// Takes the answer to a request of a type.
    public init(_ message: KernelMessage) {
        self.message = message
    }

    /// The group. Nil for one that is not known here.
    var group: EthtoolGroup? { EthtoolGroup.all.first { $0.get == message.type } }
    private var attributes: Attributes { message.attributes(after: genlmsghdr.self) }

    /// `offload features`.
    public var description: String { group?.name ?? "settings \(message.type)" }

    /// What has to be set to make another state of the same settings this one. Empty: it is.
    func changes(from now: EthtoolRecord) -> [Attributes.Attribute] {
        guard let group else { return [] }
        let present = now.attributes
        let wanted = group.settable(attributes)
        let changed = wanted.filter { attribute in present[attribute.type]?.value.elementsEqual(attribute.value) != true
        }
        guard !changed.isEmpty else { return [] }
        return (group.isSetAsAWhole ? wanted : changed).map { group.request($0, among: attributes) }
    }
}

/// Settings that are asked for, and set, together.
struct EthtoolGroup {
    let name: String
    /// ETHTOOL_MSG_…_GET.
    let get: UInt16
    /// ETHTOOL_MSG_…_SET.
    let set: UInt8
    /// The attributes that can be set.
    private let types: Set<Int>
    /// Whether all of them go into a request, and not only those that are to change.
    var isSetAsAWhole = false

    // In the order in which they are set: numbers of queues first. The numbers are those of linux/ethtool_netlink.h.
    static let all = [
        EthtoolGroup(name: "channels", get: 17, set: 18, types: [6, 7, 8, 9]),
        EthtoolGroup(name: "rings", get: 15, set: 16, types: Set(6...15).union([17])),
        EthtoolGroup(name: "private flags", get: 13, set: 14, types: [2]),
        EthtoolGroup(name: "offload features", get: 11, set: 12, types: [wantedFeatures]),
        EthtoolGroup(name: "coalescing", get: 19, set: 20, types: Set(2...30)),
        EthtoolGroup(name: "port", get: 2, set: 3, types: [2, 3, 5]),
        EthtoolGroup(name: "link modes", get: linkModes, set: 5, types: [2, 3, 5, 6, 7, 9], isSetAsAWhole: true),
        EthtoolGroup(name: "pause", get: 21, set: 22, types: [2, 3, 4]),
        EthtoolGroup(name: "energy saving", get: 23, set: 24, types: [2, 5, 6, 7]),
        EthtoolGroup(name: "error correction", get: 29, set: 30, types: [2, 3]),
        EthtoolGroup(name: "wake-on-LAN", get: 9, set: 10, types: [2, 3]),
        EthtoolGroup(name: "messages", get: 7, set: 8, types: [2]),
        EthtoolGroup(name: "power of the module", get: 34, set: 35, types: [2]),
        EthtoolGroup(name: "receive hashing", get: 38, set: 48, types: [3, 4, 5, 6, 8]),
    ]

    private static let linkModes: UInt16 = 4
    // ETHTOOL_A_FEATURES_WANTED, and ETHTOOL_A_FEATURES_HW, those that can be changed.
    private static let wantedFeatures = 3
    private static let hardwareFeatures = 2

    /// What of the answer is to be set again.
    fileprivate func settable(_ attributes: Attributes) -> [Attributes.Attribute] {
        let all = attributes.filter { types.contains($0.type) }
        guard get == Self.linkModes else { return all }
        // With autonegotiation the speed is what came of it. Without it there is none of it while there is no link.
        let (autonegotiation, modes, speed, duplex) = (2, 3, 5, 6)
        let negotiates = attributes[autonegotiation]?.byte == 1
        return all.filter { attribute in
            switch attribute.type {
            case modes: negotiates
            case speed: !negotiates && attribute.number != .max && attribute.number != 0
            case duplex: !negotiates && attribute.byte != .max
            case autonegotiation: true
            default: attribute.value.contains { $0 != 0 }
            }
        }
    }

    /// An attribute as a request has it.
    fileprivate func request(_ attribute: Attributes.Attribute, among all: Attributes) -> Attributes.Attribute {
        guard get == 11, let changeable = all[Self.hardwareFeatures]?.nested[Self.bits] else { return attribute }
        // The features are said as a list, and a request for one that cannot be changed is refused.
        var set = KernelMessage(type: 0, bytes: [])
        for part in attribute.nested where part.type == Self.size || part.type == Self.bits { set.add(part) }
        set.add(Attributes.Attribute(type: Self.mask, value: changeable.value))
        return Attributes.Attribute(type: attribute.type, flags: UInt16(NLA_F_NESTED), value: set.bytes[...])
    }

    // ETHTOOL_A_BITSET_SIZE, _VALUE and _MASK, of the compact form.
    private static let size = 2
    private static let bits = 4
    private static let mask = 5
}
