internal import CNetlink

/// A network interface as the kernel describes it: RTM_NEWLINK, `struct ifinfomsg`, rtnetlink(7), linux/if_link.h.
public struct Link: Hashable, Sendable {
    /// The kernel's message, from which all other properties are read.
    public let message: KernelMessage
    /// The index (ifindex) in its network namespace.
    public let index: Int32
    /// The name.
    public let name: LinkName
    /// The alternative names, Linux 5.5.
    public let alternativeNames: [LinkName]
    /// The administrator's description (`ip link set … alias`). Empty when there is none.
    public let alias: [UInt8]
    /// The hardware address. Empty for an interface without one.
    public let hardwareAddress: [UInt8]
    /// The address with which the hardware was made, Linux 5.6. Nil for a virtual interface.
    public let permanentAddress: [UInt8]?
    /// The maximum transmission unit in bytes.
    public let mtu: UInt32
    /// The range of MTUs that the driver allows, in bytes.
    public let mtuRange: ClosedRange<UInt32>
    /// The length of the transmit queue in packets.
    public let transmitQueueLength: UInt32
    /// The group, 0 by default.
    public let group: UInt32
    /// The `IFF_` flags.
    public let flags: LinkFlags
    /// The index of the bridge, bond, team or vrf of which it is a port. Nil for an interface without a master.
    public let master: Int32?
    /// The index of the interface below a VLAN or macvlan, or of the other end of a veth.
    public let lower: Int32?
    /// The kind of a virtual interface, `veth`. Nil for hardware.
    public let kind: String?
    /// The id and the protocol of a VLAN, which cannot be changed. Nil for any other interface.
    public let vlan: [UInt8]?
    /// The device that the interface belongs to, `0000:00:03.0`, Linux 5.14. Nil for a virtual interface.
    public let parentDevice: String?
    /// The bus of that device, `pci`, Linux 5.14.
    public let parentBus: String?

    /// Reads an RTM_NEWLINK.
    public init(_ message: KernelMessage) {
        self.message = message
        index = message.header(at: Self.indexOffset, as: Int32.self)
        flags = LinkFlags(rawValue: message.header(at: Self.flagsOffset, as: UInt32.self))
        var name: LinkName = ""
        var alternativeNames: [LinkName] = []
        var alias: [UInt8] = []
        var hardwareAddress: [UInt8] = []
        var permanentAddress: [UInt8]?
        var numbers: [Int: UInt32] = [:]
        var kind: String?
        var vlan: [UInt8]?
        var parentDevice: String?
        var parentBus: String?
        for attribute in message.attributes(after: ifinfomsg.self) {
            switch attribute.type {
            case IFLA_IFNAME: name = attribute.name
            case IFLA_PROP_LIST:
                alternativeNames = attribute.nested.filter { $0.type == IFLA_ALT_IFNAME }.map(\.name)
            case IFLA_IFALIAS: alias = attribute.text
            case IFLA_ADDRESS: hardwareAddress = Array(attribute.value)
            case IFLA_PERM_ADDRESS: permanentAddress = Array(attribute.value)
            case IFLA_LINKINFO:
                kind = attribute.nested[IFLA_INFO_KIND].map { String(decoding: $0.text, as: UTF8.self) }
                if kind == "vlan", let data = attribute.nested[IFLA_INFO_DATA]?.nested {
                    vlan = [IFLA_VLAN_ID, IFLA_VLAN_PROTOCOL].flatMap { data[$0].map { Array($0.value) } ?? [] }
                }
            case IFLA_PARENT_DEV_NAME: parentDevice = String(decoding: attribute.text, as: UTF8.self)
            case IFLA_PARENT_DEV_BUS_NAME: parentBus = String(decoding: attribute.text, as: UTF8.self)
            case IFLA_MTU, IFLA_MIN_MTU, IFLA_MAX_MTU, IFLA_TXQLEN, IFLA_GROUP, IFLA_MASTER, IFLA_LINK:
                numbers[attribute.type] = attribute.number
            default: break
            }
        }
        self.name = name
        self.alternativeNames = alternativeNames
        self.alias = alias
        self.hardwareAddress = hardwareAddress
        self.permanentAddress = permanentAddress
        self.kind = kind
        self.vlan = vlan
        self.parentDevice = parentDevice
        self.parentBus = parentBus
        mtu = numbers[IFLA_MTU] ?? 0
        // 0 means no limit.
        let maximum = numbers[IFLA_MAX_MTU].flatMap { $0 == 0 ? nil : $0 } ?? .max
        mtuRange = min(numbers[IFLA_MIN_MTU] ?? 0, maximum)...maximum
        transmitQueueLength = numbers[IFLA_TXQLEN] ?? 0
        group = numbers[IFLA_GROUP] ?? 0
        master = numbers[IFLA_MASTER].map(Int32.init(bitPattern:))
        lower = numbers[IFLA_LINK].map(Int32.init(bitPattern:))
    }

    // Of struct ifinfomsg.
    private static let indexOffset = 4
    private static let flagsOffset = 8

    var attributes: Attributes { message.attributes(after: ifinfomsg.self) }

    /// The attributes of its kind: IFLA_INFO_DATA. Nil when there are none.
    var kindAttributes: Attributes? { attributes[IFLA_LINKINFO]?.nested[IFLA_INFO_DATA]?.nested }

    /// Returns the same interface with another index.
    public func renumbered(to index: Int32) -> Link {
        var message = message
        message.set(index, at: Self.indexOffset)
        return Link(message)
    }

    /// Returns the interface as the host is to have it when no earlier state of it is known: under a name, down, with its
    /// permanent address where it has one, and without all that a container may have set and that outlives a move, such as
    /// alternative names, a description, a group, promiscuous mode or packet programs.
    ///
    /// - Parameter lowerNamespace: the nsid by which the host's network namespace knows that of the interface below or
    ///   opposite. Nil when it is the host's own.
    public func unconfigured(named name: LinkName, lowerNamespace: Int32?) -> Link {
        var message = message
        let flags = flags.subtracting([.up, .carrier, .promiscuous, .allMulticast])
        message.set(flags.rawValue, at: Self.flagsOffset)
        let unknown = [
            IFLA_IFNAME, IFLA_PROP_LIST, IFLA_IFALIAS, IFLA_GROUP, IFLA_MASTER, IFLA_AF_SPEC, IFLA_XDP,
            IFLA_LINK_NETNSID,
        ]
        for attribute in unknown { message.removeAttribute(attribute, after: ifinfomsg.self) }
        message.add(Attributes.Attribute(type: IFLA_IFNAME, value: name.bytes + [0]))
        if let lowerNamespace { message.addAttribute(IFLA_LINK_NETNSID, UInt32(bitPattern: lowerNamespace)) }
        if let permanentAddress {
            message.removeAttribute(IFLA_ADDRESS, after: ifinfomsg.self)
            message.add(Attributes.Attribute(type: IFLA_ADDRESS, value: permanentAddress[...]))
        }
        return Link(message)
    }

    /// Returns whether a name is its name or one of its alternative names.
    public func isCalled(_ name: LinkName) -> Bool { self.name == name || alternativeNames.contains(name) }
}

/// The `IFF_` flags of an interface: netdevice(7).
public struct LinkFlags: OptionSet, Hashable, Sendable {
    /// The kernel's bits, also those without a name here.
    public let rawValue: UInt32

    /// Flags from the kernel's bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// IFF_UP: an administrator has switched it on.
    public static let up = LinkFlags(rawValue: 0x1)
    /// IFF_LOOPBACK.
    public static let loopback = LinkFlags(rawValue: 0x8)
    /// IFF_PROMISC, as an administrator set it.
    public static let promiscuous = LinkFlags(rawValue: 0x100)
    /// IFF_ALLMULTI, as an administrator set it.
    public static let allMulticast = LinkFlags(rawValue: 0x200)
    /// IFF_MULTICAST, which `ip link set … multicast off` clears.
    public static let multicast = LinkFlags(rawValue: 0x1000)
    /// IFF_NOARP, which `ip link set … arp off` sets.
    public static let noARP = LinkFlags(rawValue: 0x80)
    /// IFF_LOWER_UP: the hardware has a link to the other end.
    public static let carrier = LinkFlags(rawValue: 0x1_0000)
    /// IFF_DYNAMIC.
    public static let dynamic = LinkFlags(rawValue: 0x8000)
}
