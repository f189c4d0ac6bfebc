internal import CNetlink
internal import SystemPackage

extension NetlinkSocket {
    /// Returns what somebody set at the egress of an interface and at its ingress.
    ///
    /// The kernel lists disciplines of all interfaces only. Single queries are quicker, since most interfaces have nothing.
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
            // Without NLM_F_ECHO the kernel sends the reply to all listeners except the one who asked.
            let message = NetlinkMessage(RTM_GETQDISC, flags: NLM_F_ECHO, header: header)
            return try query(message, "read the queueing discipline of interface \(index)").first.map(
                TrafficRecord.init)
        } catch {
            // ENOENT: there is none. EINVAL: there is only the kernel's placeholder, which it does not describe.
            guard error.code == .noSuchFileOrDirectory || error.code == .invalidArgument else { throw error }
            return nil
        }
    }

    /// Reads a discipline, its classes, and the disciplines in these.
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

    /// Returns the classes of all disciplines of an interface.
    private func classes(of index: Int32) throws(NetlinkError) -> [TrafficRecord] {
        var header = tcmsg()
        header.tcm_ifindex = index
        let message = NetlinkMessage(RTM_GETTCLASS, flags: NLM_F_DUMP, header: header)
        return try query(message, "list the traffic classes of interface \(index)").map(TrafficRecord.init)
    }

    /// Reads the filters of a discipline: those at itself, and those at its classes.
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
                // Before Linux 4.19 there are no chains to list.
                guard error.code == .notSupportedOnSocket else { throw error }
            }
        }
        for record in TrafficRecord.ordered(filters) { reading.add(record, unless: record.obstacle) }
    }

    /// Adds a discipline, a class or a filter to an interface, as the kernel described it.
    public func restore(_ record: TrafficRecord, on index: Int32) throws(NetlinkError) {
        let flags = NLM_F_CREATE | (record.subject == .qdisc ? NLM_F_REPLACE : NLM_F_EXCL)
        try perform(NetlinkMessage(replaying: record.request(for: index), flags: flags), "add \(record)")
    }

    /// Removes what somebody set at the egress of an interface and at its ingress.
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

/// What was read of an interface so far.
private struct TrafficReading {
    let index: Int32
    var control = TrafficControl()
    /// The classes of all disciplines. Nil until they were read.
    var classes: [TrafficRecord]?
    /// For each discipline, the parents at which its filters may be.
    private(set) var filterParents: [[UInt32]] = []
    private var seen: Set<UInt32> = []

    init(index: Int32) {
        self.index = index
    }

    /// Adds a discipline. Returns false when it cannot be made again, and so nothing that is attached to it; or when it was
    /// added before.
    mutating func begin(_ record: TrafficRecord) -> Bool {
        guard seen.insert(record.handle).inserted else { return false }
        guard add(record, unless: record.obstacle) else { return false }
        filterParents.append(
            record.kind == "clsact"
                ? [Self.ingressFilters, Self.egressFilters] : [record.handle & TrafficRecord.majorMask])
        return true
    }

    /// Adds a class, unless the kernel made it. Returns false when it cannot be made again.
    mutating func add(_ record: TrafficRecord) -> Bool {
        guard record.isAddedClass else { return true }
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

    /// Returns the classes of a discipline, each after its parent.
    func classes(of discipline: TrafficRecord) -> [TrafficRecord] {
        var waiting = (classes ?? []).filter { $0.handle >> 16 == discipline.handle >> 16 && $0.handle & 0xffff != 0 }
        var ordered: [TrafficRecord] = []
        var handles = Set(waiting.map(\.handle))
        while !waiting.isEmpty {
            let ready = waiting.filter { !handles.contains($0.parent) }
            // None: the parents form a circle, which no kernel reports.
            if ready.isEmpty { return ordered + waiting }
            ordered += ready
            waiting.removeAll { !handles.contains($0.parent) }
            handles.subtract(ready.map(\.handle))
        }
        return ordered
    }

    static let root = UInt32(TC_H_ROOT)
    static let ingress = UInt32(TC_H_INGRESS)
    // The two places of clsact: TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS) and the same with TC_H_MIN_EGRESS.
    private static let ingressFilters = ingress & TrafficRecord.majorMask | UInt32(TC_H_MIN_INGRESS)
    private static let egressFilters = ingress & TrafficRecord.majorMask | UInt32(TC_H_MIN_EGRESS)
}
