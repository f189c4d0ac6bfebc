internal import CNetlink
internal import SystemPackage

extension NetlinkSocket {
    /// What somebody put at the way out of an interface and at its way in. A dump of disciplines would be of all interfaces':
    /// these are questions about one, and most have nothing.
    public func traffic(of index: Int32) throws(NetlinkError) -> TrafficControl {
        var reading = TrafficReading(index: index)
        for parent in [TrafficReading.root, TrafficReading.ingress] {
            guard let found = try discipline(of: index, at: parent), found.handle != 0 else { continue }
            try read(found, into: &reading)
        }
        for parents in reading.filterParents { try readFilters(at: parents, into: &reading) }
        return reading.control
    }

    private func discipline(of index: Int32, at parent: UInt32) throws(NetlinkError) -> TrafficRecord? {
        var header = tcmsg()
        header.tcm_ifindex = index
        header.tcm_parent = parent
        do {
            // Without NLM_F_ECHO the kernel tells everybody but who asked.
            let message = NetlinkMessage(RTM_GETQDISC, flags: NLM_F_ECHO, header: header)
            return try query(message, "read the queueing discipline of interface \(index)").first.map(
                TrafficRecord.init)
        } catch {
            // ENOENT: nothing there. EINVAL: only a placeholder of the kernel's, which it does not show.
            guard error.code == .noSuchFileOrDirectory || error.code == .invalidArgument else { throw error }
            return nil
        }
    }

    /// A discipline, its classes, and the disciplines in these.
    private func read(_ found: TrafficRecord, into reading: inout TrafficReading) throws(NetlinkError) {
        guard reading.begin(found) else { return }
        guard found.mayHaveClasses else { return }
        if reading.classes == nil { reading.classes = try classes(of: reading.index) }
        for one in reading.classes(of: found) {
            guard reading.add(one), one.info != 0 else { continue }
            guard let leaf = try discipline(of: reading.index, at: one.handle), leaf.handle != 0 else { continue }
            try read(leaf, into: &reading)
        }
    }

    /// The classes of all disciplines of an interface.
    private func classes(of index: Int32) throws(NetlinkError) -> [TrafficRecord] {
        var header = tcmsg()
        header.tcm_ifindex = index
        let message = NetlinkMessage(RTM_GETTCLASS, flags: NLM_F_DUMP, header: header)
        return try query(message, "list the traffic classes of interface \(index)").map(TrafficRecord.init)
    }

    /// The filters of a discipline: at itself, and at its classes.
    private func readFilters(at parents: [UInt32], into reading: inout TrafficReading) throws(NetlinkError) {
        let operation = "list the filters of interface \(reading.index)"
        var filters: [TrafficRecord] = []
        for parent in parents {
            var header = tcmsg()
            header.tcm_ifindex = reading.index
            header.tcm_parent = parent
            let found = try query(NetlinkMessage(RTM_GETTFILTER, flags: NLM_F_DUMP, header: header), operation)
            filters += found.map(TrafficRecord.init)
            guard !found.isEmpty else { continue }
            do {
                let chains = try query(NetlinkMessage(Int(RTM_GETCHAIN), flags: NLM_F_DUMP, header: header), operation)
                // Only a chain with a template has a kind.
                for chain in chains.map(TrafficRecord.init) where !chain.kind.isEmpty {
                    reading.control.unrestorable.append("the template of chain \(chain.chain)")
                }
            } catch {
                // A kernel without them (Linux 4.19).
                guard error.code == .notSupportedOnSocket else { throw error }
            }
        }
        for record in TrafficRecord.ordered(filters) { reading.add(record, unless: record.obstacle) }
    }

    /// Makes a discipline, a class or a filter on an interface.
    public func restore(_ record: TrafficRecord, on index: Int32) throws(NetlinkError) {
        let flags = NLM_F_CREATE | (record.subject == .qdisc ? NLM_F_REPLACE : NLM_F_EXCL)
        try perform(NetlinkMessage(replaying: record.request(for: index), flags: flags), "add \(record)")
    }

    /// Takes away what somebody put at the way out of an interface and at its way in.
    public func removeTraffic(of index: Int32) throws(NetlinkError) {
        for parent in [TrafficReading.root, TrafficReading.ingress] {
            guard let found = try discipline(of: index, at: parent), found.handle != 0 else { continue }
            var header = tcmsg()
            header.tcm_ifindex = index
            header.tcm_parent = parent
            header.tcm_handle = found.handle
            try perform(NetlinkMessage(RTM_DELQDISC, header: header), "remove \(found)")
        }
    }
}

/// What was read so far.
private struct TrafficReading {
    let index: Int32
    var control = TrafficControl()
    /// The classes of all disciplines, once they were asked for.
    var classes: [TrafficRecord]?
    /// Where filters of each discipline may be.
    private(set) var filterParents: [[UInt32]] = []
    private var seen: Set<UInt32> = []

    init(index: Int32) {
        self.index = index
    }

    /// Adds a discipline. False when it cannot be made again, and with it all that hangs on it; or when it was seen.
    mutating func begin(_ record: TrafficRecord) -> Bool {
        guard seen.insert(record.handle).inserted else { return false }
        guard add(record, unless: record.obstacle) else { return false }
        filterParents.append(
            record.kind == "clsact" ? [Self.ingressFilters, Self.egressFilters] : [record.handle & 0xffff_0000])
        return true
    }

    /// Adds a class, if somebody has made it. False when it cannot be made again.
    mutating func add(_ record: TrafficRecord) -> Bool {
        guard record.isMadeClass else { return true }
        guard add(record, unless: record.obstacle) else { return false }
        if let own = filterParents.firstIndex(where: { $0[0] >> 16 == record.handle >> 16 }) {
            filterParents[own].append(record.handle)
        }
        return true
    }

    @discardableResult
    mutating func add(_ record: TrafficRecord, unless obstacle: String?) -> Bool {
        if let obstacle {
            control.unrestorable.append("\(record), \(obstacle)")
        } else {
            control.records.append(record)
            if let loss = record.loss { control.unrestorable.append(loss) }
        }
        return obstacle == nil
    }

    /// The classes of a discipline, each after that in which it is.
    func classes(of discipline: TrafficRecord) -> [TrafficRecord] {
        var waiting = (classes ?? []).filter { $0.handle >> 16 == discipline.handle >> 16 && $0.handle & 0xffff != 0 }
        var ordered: [TrafficRecord] = []
        var handles = Set(waiting.map(\.handle))
        while !waiting.isEmpty {
            let ready = waiting.filter { !handles.contains($0.parent) }
            // None: they are in a circle, which no kernel says.
            if ready.isEmpty { return ordered + waiting }
            ordered += ready
            waiting.removeAll { !handles.contains($0.parent) }
            handles.subtract(ready.map(\.handle))
        }
        return ordered
    }

    // TC_H_ROOT, TC_H_INGRESS, and TC_H_MIN_INGRESS and TC_H_MIN_EGRESS of clsact: linux/pkt_sched.h.
    static let root: UInt32 = 0xffff_ffff
    static let ingress: UInt32 = 0xffff_fff1
    private static let ingressFilters: UInt32 = 0xffff_fff2
    private static let egressFilters: UInt32 = 0xffff_fff3
}
