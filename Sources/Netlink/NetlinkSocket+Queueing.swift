internal import CNetlink
internal import SystemPackage

extension NetlinkSocket {
    /// What somebody put at the way out of an interface and at its way in. A dump would be of all interfaces' queues;
    /// these are two questions about one.
    public func queueing(of index: Int32) throws(NetlinkError) -> [QueueingRecord] {
        var all: [QueueingRecord] = []
        for parent in [Self.root, Self.ingress] {
            guard let found = try queueing(of: index, at: parent), found.handle != 0 else { continue }
            all.append(QueueingRecord(found.message, hasFilters: try hasFilters(found, index)))
        }
        return all
    }

    private func queueing(of index: Int32, at parent: UInt32) throws(NetlinkError) -> QueueingRecord? {
        var header = tcmsg()
        header.tcm_ifindex = index
        header.tcm_parent = parent
        do {
            // Without NLM_F_ECHO the kernel tells everybody but who asked.
            let message = NetlinkMessage(RTM_GETQDISC, flags: NLM_F_ECHO, header: header)
            return try query(message, "read the queueing discipline of interface \(index)").first.map {
                QueueingRecord($0)
            }
        } catch {
            // ENOENT: nothing there. EINVAL: only a placeholder of the kernel's, which it does not show.
            guard error.code == .noSuchFileOrDirectory || error.code == .invalidArgument else { throw error }
            return nil
        }
    }

    private func hasFilters(_ record: QueueingRecord, _ index: Int32) throws(NetlinkError) -> Bool {
        let places =
            record.kind == "clsact" ? [Self.ingressFilters, Self.egressFilters] : [record.handle & 0xffff_0000]
        for place in places {
            var header = tcmsg()
            header.tcm_ifindex = index
            header.tcm_parent = place
            let message = NetlinkMessage(RTM_GETTFILTER, flags: NLM_F_DUMP, header: header)
            if try !query(message, "list the filters of interface \(index)").isEmpty { return true }
        }
        return false
    }

    /// Makes a queueing discipline again, as it was.
    public func restore(_ record: QueueingRecord) throws(NetlinkError) {
        try perform(
            NetlinkMessage(replaying: record.request, flags: NLM_F_CREATE | NLM_F_REPLACE), "add qdisc \(record)")
    }

    // TC_H_ROOT, TC_H_INGRESS, and TC_H_MIN_INGRESS and TC_H_MIN_EGRESS of clsact: linux/pkt_sched.h.
    private static let root: UInt32 = 0xffff_ffff
    private static let ingress: UInt32 = 0xffff_fff1
    private static let ingressFilters: UInt32 = 0xffff_fff2
    private static let egressFilters: UInt32 = 0xffff_fff3
}
