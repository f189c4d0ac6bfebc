internal import CNetlink
internal import Glibc
internal import SystemPackage

/// A neighbour: RTM_NEWNEIGH, `struct ndmsg`, rtnetlink(7). Also an entry of a forwarding database, bridge(8), and an address
/// to which an interface listens besides its own.
public struct NeighbourRecord: Hashable, Sendable, CustomStringConvertible {
    /// The kernel's message.
    public var message: KernelMessage

    /// Takes an RTM_NEWNEIGH.
    public init(_ message: KernelMessage) {
        self.message = message
    }

    /// The index of the interface behind which the neighbour is.
    public var linkIndex: Int32 { message.header(at: 4, as: Int32.self) }
    /// Whether the entry is permanent (NUD_PERMANENT).
    public var isPermanent: Bool { state == UInt16(NUD_PERMANENT) }
    /// Whether the interface answers in the neighbour's place (NTF_PROXY).
    public var isProxy: Bool { message.header(at: Self.flagsOffset, as: UInt8.self) & UInt8(NTF_PROXY) != 0 }
    /// Whether it is an entry of a forwarding database, whose address is a hardware address.
    public var isForwardingEntry: Bool { message.header(at: 0, as: UInt8.self) == UInt8(AF_BRIDGE) }

    /// Whether an administrator added it: the kernel has neither learnt it nor listens to it for a program, as it does to
    /// multicast addresses.
    var isAdministrative: Bool {
        guard isForwardingEntry else { return isPermanent || isProxy }
        let isMulticast = (hardwareAddress.first ?? 1) & 1 != 0
        return state & UInt16(NUD_PERMANENT | NUD_NOARP) != 0 && !isMulticast
    }

    private var state: UInt16 { message.header(at: 8, as: UInt16.self) }
    private static let flagsOffset = 10
    private var hardwareAddress: [UInt8] { Array(attributes[NDA_LLADDR]?.value ?? []) }
    private var attributes: Attributes { message.attributes(after: ndmsg.self) }

    /// What tells two neighbours apart: without the index of the interface and without counters.
    public var identity: KernelMessage {
        var identity = message.header(only: ndmsg.self)
        identity.set(Int32(0), at: 4)
        for type in [NDA_DST, NDA_LLADDR, NDA_VLAN, NDA_MASTER] {
            if let attribute = attributes[type] { identity.add(attribute) }
        }
        return identity
    }

    /// The request that adds it. Of a forwarding entry the kernel reports attributes that it refuses, and leaves out a flag
    /// that it requires.
    var request: KernelMessage {
        guard isForwardingEntry else { return message }
        var request = message.header(only: ndmsg.self)
        request.set(UInt8(attributes[NDA_MASTER] == nil ? NTF_SELF : NTF_MASTER), at: Self.flagsOffset)
        for attribute in [NDA_LLADDR, NDA_VLAN, NDA_DST].compactMap({ attributes[$0] }) { request.add(attribute) }
        return request
    }

    /// Returns the same neighbour behind another interface.
    func moved(to index: Int32) -> NeighbourRecord {
        var copy = self
        copy.message.set(index, at: 4)
        return copy
    }

    /// Its network address; of a forwarding entry the hardware address.
    public var description: String {
        isForwardingEntry ? hexadecimal(hardwareAddress) : addressText(Array(attributes[NDA_DST]?.value ?? []))
    }
}

extension NetlinkSocket {
    /// Returns the neighbours that an administrator added behind an interface: permanent ones, proxies, and entries of its own
    /// forwarding database and of that of its bridge.
    public func neighbours(behind index: Int32) throws(NetlinkError) -> [NeighbourRecord] {
        var all: [NeighbourRecord] = []
        for (family, flags) in [(AF_UNSPEC, 0), (AF_UNSPEC, NTF_PROXY), (AF_BRIDGE, 0)] {
            var header = ndmsg()
            header.ndm_family = UInt8(family)
            header.ndm_flags = UInt8(flags)
            let message = NetlinkMessage(RTM_GETNEIGH, flags: NLM_F_DUMP, header: header)
            message.put(NDA_IFINDEX, UInt32(bitPattern: index))
            let listed = try query(message, "list the neighbours of interface \(index)").map(NeighbourRecord.init)
            all += listed.filter { $0.linkIndex == index && $0.isAdministrative }
        }
        return all
    }

    /// Adds a neighbour as the kernel described it. One that is there is replaced; a forwarding entry that is there stays as it
    /// is, since a bridge adds those of its ports by itself.
    public func restore(_ neighbour: NeighbourRecord, on index: Int32) throws(NetlinkError) {
        let flags = NLM_F_CREATE | (neighbour.isForwardingEntry ? NLM_F_EXCL : NLM_F_REPLACE)
        let message = NetlinkMessage(replaying: neighbour.moved(to: index).request, flags: flags)
        do {
            try perform(message, "add neighbour \(neighbour)")
        } catch {
            guard neighbour.isForwardingEntry, error.code == .fileExists else { throw error }
        }
    }
}
