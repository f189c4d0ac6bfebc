internal import CNetlink
internal import SystemPackage

/// A socket to the kernel's ethtool family of generic netlink, Linux 5.6: it knows the interfaces of the network namespace in
/// which it was opened.
public struct EthtoolSocket: ~Copyable {
    private let socket: NetlinkSocket
    /// The number under which the kernel has registered the family.
    private let family: Int

    /// Opens one in the calling thread's network namespace. Nil where the kernel has no such family.
    public init?() throws(NetlinkError) {
        let socket = try NetlinkSocket(protocol: NETLINK_GENERIC)
        // CTRL_CMD_GETFAMILY with CTRL_ATTR_FAMILY_NAME; of the answer, CTRL_ATTR_FAMILY_ID.
        let message = NetlinkMessage(Int(GENL_ID_CTRL), header: genlmsghdr(cmd: 3, version: 1, reserved: 0))
        message.put(2, LinkName("ethtool"))
        do {
            let answer = try socket.query(message, "look up the ethtool family").first
            guard let id = answer?.attributes(after: genlmsghdr.self)[1] else { return nil }
            family = Int(UInt16(littleEndianBytes: id.value))
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return nil
        }
        self.socket = socket
    }

    /// The settings of an interface that its driver has and says.
    ///
    /// - Parameter unread: gets each group that the driver may have and does not say, and why.
    public func settings(of index: Int32, unread: (String, NetlinkError) -> Void) -> [EthtoolRecord] {
        EthtoolGroup.all.compactMap { group in
            do throws(NetlinkError) {
                return try read(group, of: index)
            } catch {
                unread(group.name, error)
                return nil
            }
        }
    }

    /// Nil for what the driver does not have, or the kernel does not know.
    private func read(_ group: EthtoolGroup, of index: Int32) throws(NetlinkError) -> EthtoolRecord? {
        let request = message(UInt8(truncatingIfNeeded: group.get), index, flags: Self.compactSets)
        do {
            let answer = try socket.query(request, "read the \(group.name) of interface \(index)").first
            return answer.map { EthtoolRecord(KernelMessage(type: group.get, bytes: $0.bytes)) }
        } catch {
            guard [.notSupportedOnSocket, .noSuchFileOrDirectory].contains(error.code) else { throw error }
            return nil
        }
    }

    /// Makes settings of an interface what they were, as far as they are not.
    public func restore(_ saved: EthtoolRecord, of index: Int32) throws(NetlinkError) {
        guard let group = saved.group, let now = try read(group, of: index) else { return }
        let changes = saved.changes(from: now)
        guard !changes.isEmpty else { return }
        let request = message(group.set, index, flags: Self.noReply)
        for change in changes { request.put(change.type | Int(change.flags), Array(change.value)) }
        try socket.perform(request, "set the \(group.name) of interface \(index)")
    }

    /// A request about an interface: its first attribute is a header of the family's own, which has to be marked as a nest.
    private func message(_ command: UInt8, _ index: Int32, flags: UInt32) -> NetlinkMessage {
        let message = NetlinkMessage(family, header: genlmsghdr(cmd: command, version: 1, reserved: 0))
        message.nest(1 | Int(NLA_F_NESTED)) { header in
            header.put(1, UInt32(bitPattern: index))
            header.put(3, flags)
        }
        return message
    }

    // ETHTOOL_FLAG_COMPACT_BITSETS, ETHTOOL_FLAG_OMIT_REPLY.
    private static let compactSets: UInt32 = 1
    private static let noReply: UInt32 = 2
}
