internal import CNetlink
internal import SystemPackage

/// A next hop that routes share, or a group of such: RTM_NEWNEXTHOP, `struct nhmsg`, ip-nexthop(8), Linux 5.3.
public struct NextHopRecord: Hashable, Sendable, CustomStringConvertible {
    /// The kernel's message.
    public let message: KernelMessage

    /// Takes an RTM_NEWNEXTHOP.
    public init(_ message: KernelMessage) {
        self.message = message
    }

    private var attributes: Attributes { message.attributes(after: nhmsg.self) }

    /// The id by which routes and groups refer to it.
    public var id: UInt32 { attributes[NHA_ID]?.number ?? 0 }
    /// The ids of the members of a group; empty for a single next hop.
    public var members: [UInt32] {
        // struct nexthop_grp: the id, then the weight and reserved bytes, 8 bytes in all.
        let value = attributes[NHA_GROUP]?.value ?? []
        return stride(from: value.startIndex, to: value.endIndex, by: 8).map {
            UInt32(littleEndianBytes: value[$0...])
        }
    }
    /// Whether it can be made again from its message. A group that keeps flows on their path (NEXTHOP_GRP_TYPE_RES) has a state
    /// that is not in it.
    public var isExact: Bool { attributes[NHA_RES_GROUP] == nil }

    /// `nexthop 5`.
    public var description: String { members.isEmpty ? "nexthop \(id)" : "nexthop group \(id)" }

    /// Returns the same next hop through another interface, as a request: without what only the kernel may set.
    public func moved(from old: Int32, to new: Int32) -> NextHopRecord {
        var request = message.header(only: nhmsg.self)
        let (scope, flags) = (1, 4)
        request.set(UInt8(0), at: scope)
        request.set(message.header(at: flags, as: UInt32.self) & UInt32(RTNH_F_ONLINK), at: flags)
        for attribute in attributes where Self.settable.contains(attribute.type) { request.add(attribute) }
        if attributes[NHA_OIF]?.number == UInt32(bitPattern: old) {
            request.setAttribute(NHA_OIF, to: UInt32(bitPattern: new), after: nhmsg.self)
        }
        return NextHopRecord(request)
    }

    private static let settable: Set<Int> = [
        NHA_ID, NHA_GROUP, NHA_GROUP_TYPE, NHA_OIF, NHA_GATEWAY, NHA_ENCAP_TYPE, NHA_ENCAP,
    ]
}

extension NetlinkSocket {
    /// Returns the next hops through an interface, then the groups that have one of them as a member. None on a kernel without
    /// shared next hops.
    public func nextHops(through index: Int32) throws(NetlinkError) -> [NextHopRecord] {
        let own = try nextHops(index) { $0.put(NHA_OIF, UInt32(bitPattern: index)) }
        guard !own.isEmpty else { return [] }
        let ids = Set(own.map(\.id))
        let groups = try nextHops(index) { $0.put(NHA_GROUPS, []) }
        return own + groups.filter { !ids.isDisjoint(with: $0.members) }
    }

    private func nextHops(
        _ index: Int32, _ select: (NetlinkMessage) -> Void
    ) throws(NetlinkError) -> [NextHopRecord] {
        let message = NetlinkMessage(Int(RTM_GETNEXTHOP), flags: NLM_F_DUMP, header: nhmsg())
        select(message)
        do {
            return try query(message, "list the next hops through interface \(index)").map(NextHopRecord.init)
        } catch {
            guard error.code == .notSupportedOnSocket else { throw error }
            return []
        }
    }

    /// Adds a next hop, or a group with all of its members, as described. One with the same id is replaced.
    public func restore(_ hop: NextHopRecord) throws(NetlinkError) {
        try perform(NetlinkMessage(replaying: hop.message, flags: NLM_F_CREATE | NLM_F_REPLACE), "add \(hop)")
    }
}
