internal import CNetlink
internal import SystemPackage

/// A socket to the ethtool family of generic netlink, Linux 5.6. It reaches the interfaces of the network namespace in which it
/// was opened.
public struct EthtoolSocket: ~Copyable {
    private let socket: NetlinkSocket
    /// The number of the family.
    private let family: Int

    /// Opens a socket in the calling thread's network namespace. Returns nil when the kernel has no such family.
    public init?() throws(NetlinkError) {
        let socket = try NetlinkSocket(protocol: NETLINK_GENERIC)
        guard let family = try socket.genericFamily("ethtool") else { return nil }
        self.family = family
        self.socket = socket
    }

    /// Returns the settings that the driver of an interface has and reports.
    ///
    /// - Parameter unread: is called for each group that could not be read, with its name and the reason.
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

    /// Returns nil when the driver does not have the group, or the kernel does not know it.
    private func read(_ group: EthtoolGroup, of index: Int32) throws(NetlinkError) -> EthtoolRecord? {
        let request = message(UInt8(truncatingIfNeeded: group.get), index, flags: ETHTOOL_FLAG_COMPACT_BITSETS)
        do {
            let reply = try socket.query(request, "read the \(group.name) of interface \(index)").first
            return reply.map { EthtoolRecord(KernelMessage(type: group.get, bytes: $0.bytes)) }
        } catch {
            guard [.notSupportedOnSocket, .noSuchFileOrDirectory].contains(error.code) else { throw error }
            return nil
        }
    }

    /// Sets those settings of an interface that differ from a saved state.
    public func restore(_ saved: EthtoolRecord, of index: Int32) throws(NetlinkError) {
        guard let group = saved.group, let now = try read(group, of: index) else { return }
        let changes = saved.changes(from: now)
        guard !changes.isEmpty else { return }
        let request = message(group.set, index, flags: ETHTOOL_FLAG_OMIT_REPLY)
        for change in changes { request.put(change.type | Int(change.flags), Array(change.value)) }
        try socket.perform(request, "set the \(group.name) of interface \(index)")
    }

    /// A request about an interface. Its first attribute is a header of the family's own, ETHTOOL_A_…_HEADER, which has number
    /// 1 in every request.
    private func message(_ command: UInt8, _ index: Int32, flags: some BinaryInteger) -> NetlinkMessage {
        let message = NetlinkMessage(family, header: genlmsghdr(cmd: command, version: 1, reserved: 0))
        message.nest(ETHTOOL_A_LINKINFO_HEADER) { header in
            header.put(ETHTOOL_A_HEADER_DEV_INDEX, UInt32(bitPattern: index))
            header.put(ETHTOOL_A_HEADER_FLAGS, UInt32(truncatingIfNeeded: flags))
        }
        return message
    }
}
