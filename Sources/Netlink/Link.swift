internal import CNetlink

/// A network interface as the kernel describes it: rtnetlink(7), linux/if_link.h.
public struct Link: Hashable, Sendable {
    /// The kernel's message, RTM_NEWLINK, from which all else here is read.
    public let message: KernelMessage
    /// Its number in its network namespace.
    public let index: Int32
    /// Its name.
    public let name: LinkName
    /// Its alternative names, Linux 5.5.
    public let alternativeNames: [LinkName]
    /// The administrator's description (`ip link set … alias`), empty for none.
    public let alias: [UInt8]
    /// The hardware address; empty for an interface without one.
    public let hardwareAddress: [UInt8]
    /// The address that the hardware came with, Linux 5.6. Nil for a virtual interface.
    public let permanentAddress: [UInt8]?
    /// The maximum transmission unit in bytes.
    public let mtu: UInt32
    /// What the driver allows as MTU, in bytes.
    public let mtuRange: ClosedRange<UInt32>
    /// How many packets wait to be sent at most.
    public let transmitQueueLength: UInt32
    /// The group, 0 by default.
    public let group: UInt32
    /// `IFF_` flags.
    public let flags: LinkFlags
    /// The bridge, bond or team of which it is a port.
    public let master: Int32?
    /// The interface below a VLAN or macvlan, or the other end of a veth.
    public let lower: Int32?
    /// The driver of a virtual interface, `veth`. Nil for hardware.
    public let kind: String?
    /// What a VLAN's frames are marked with: its number and protocol, which are given once. Nil for any other interface.
    public let vlan: [UInt8]?
    /// The device it sits on, `0000:00:03.0`, Linux 5.14. Nil for a virtual interface.
    public let parentDevice: String?
    /// The bus of that device, `pci`, Linux 5.14.
    public let parentBus: String?

    /// Reads an RTM_NEWLINK.
    public init(_ message: KernelMessage) {
        self.message = message
        index = message.header(at: 4, as: Int32.self)
        flags = LinkFlags(rawValue: message.header(at: 8, as: UInt32.self))
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
        let most = numbers[IFLA_MAX_MTU].flatMap { $0 == 0 ? nil : $0 } ?? .max  // 0 stands for no limit
        mtuRange = min(numbers[IFLA_MIN_MTU] ?? 0, most)...most
        transmitQueueLength = numbers[IFLA_TXQLEN] ?? 0
        group = numbers[IFLA_GROUP] ?? 0
        master = numbers[IFLA_MASTER].map(Int32.init(bitPattern:))
        lower = numbers[IFLA_LINK].map(Int32.init(bitPattern:))
    }

    /// The same under another number.
    public func renumbered(to index: Int32) -> Link {
        var message = message
        message.set(index, at: 4)
        return Link(message)
    }

    /// Whether a name is its name or one of its alternative names.
    public func isCalled(_ name: LinkName) -> Bool { self.name == name || alternativeNames.contains(name) }
}

/// The `IFF_` flags of an interface that hostdev reads or sets: netdevice(7).
public struct LinkFlags: OptionSet, Hashable, Sendable {
    /// The kernel's bits, all of them.
    public let rawValue: UInt32

    /// Flags from the kernel's bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// IFF_UP: the administrator has switched it on.
    public static let up = LinkFlags(rawValue: 0x1)
    /// IFF_LOOPBACK.
    public static let loopback = LinkFlags(rawValue: 0x8)
    /// IFF_PROMISC, as the administrator set it.
    public static let promiscuous = LinkFlags(rawValue: 0x100)
    /// IFF_ALLMULTI, as the administrator set it.
    public static let allMulticast = LinkFlags(rawValue: 0x200)
    /// IFF_MULTICAST, which `ip link set … multicast off` takes away.
    public static let multicast = LinkFlags(rawValue: 0x1000)
    /// IFF_NOARP, which `ip link set … arp off` sets.
    public static let noARP = LinkFlags(rawValue: 0x80)
    /// IFF_LOWER_UP: the hardware sees the other end.
    public static let carrier = LinkFlags(rawValue: 0x1_0000)
    /// IFF_DYNAMIC.
    public static let dynamic = LinkFlags(rawValue: 0x8000)
}
