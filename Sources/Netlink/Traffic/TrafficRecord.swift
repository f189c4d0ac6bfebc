internal import CNetlink

/// A queueing discipline of an interface, a class of one, or a filter at either: RTM_NEWQDISC, RTM_NEWTCLASS,
/// RTM_NEWTFILTER, `struct tcmsg`, tc(8).
public struct TrafficRecord: Hashable, Sendable, CustomStringConvertible {
    /// Which of the three.
    public enum Subject: Hashable, Sendable { case qdisc, tclass, filter }

    /// The kernel's message.
    public let message: KernelMessage

    /// Takes an RTM_NEWQDISC, RTM_NEWTCLASS or RTM_NEWTFILTER.
    public init(_ message: KernelMessage) {
        self.message = message
    }

    /// Which of the three.
    public var subject: Subject {
        switch Int(message.type) {
        case RTM_NEWTCLASS: .tclass
        case RTM_NEWTFILTER: .filter
        default: .qdisc
        }
    }

    /// TC_H_MAJ_MASK of linux/pkt_sched.h: the major number of a handle.
    static let majorMask: UInt32 = 0xffff_0000
    /// Where `tcm_ifindex`, `tcm_handle` and `tcm_info` are in `struct tcmsg`.
    static let (linkOffset, handleOffset, infoOffset) = (4, 8, 16)

    var attributes: Attributes { message.attributes(after: tcmsg.self) }
    var options: Attributes { attributes[TCA_OPTIONS]?.nested ?? Attributes([]) }

    /// The kind, `tbf`.
    public var kind: String { attributes[TCA_KIND].map { String(decoding: $0.text, as: UTF8.self) } ?? "" }
    /// The index of the interface that has it.
    var linkIndex: Int32 { message.header(at: Self.linkOffset, as: Int32.self) }
    /// The handle. The major number of a class is that of its discipline. The kernel's default disciplines have handle 0.
    var handle: UInt32 { message.header(at: Self.handleOffset, as: UInt32.self) }
    /// The parent: TC_H_ROOT, TC_H_INGRESS, or the handle of a class or discipline.
    var parent: UInt32 { message.header(at: 12, as: UInt32.self) }
    /// Of a class the handle of the discipline in it; of a filter the priority and the protocol.
    var info: UInt32 { message.header(at: Self.infoOffset, as: UInt32.self) }
    /// Of a filter, the number of its chain.
    var chain: UInt32 { attributes[TCA_CHAIN]?.number ?? 0 }

    /// `qdisc tbf 8001:`, `class htb 1:10`, `filter u32 800::800 at ffff:fff2`.
    public var description: String {
        let number = { (value: UInt32) in
            let (major, minor) = (String(value >> 16, radix: 16), String(value & 0xffff, radix: 16))
            return value & 0xffff == 0 ? "\(major):" : "\(major):\(minor)"
        }
        return switch subject {
        case .qdisc: "qdisc \(kind) \(number(handle))"
        case .tclass: "class \(kind) \(number(handle))"
        case .filter: "filter \(kind) pref \(info >> 16) handle 0x\(String(handle, radix: 16)) at \(number(parent))"
        }
    }
}

// What the kernel reports is mostly what it takes.
extension TrafficRecord {
    /// Kinds of disciplines that the kernel takes as it reports them.
    private static let exactKinds: Set<String> = [
        "bfifo", "cake", "clsact", "codel", "drr", "ets", "fq", "fq_codel", "fq_pie", "hfsc", "hhf", "htb", "ingress",
        "mq", "multiq", "netem", "noqueue", "pfifo", "pfifo_fast", "pfifo_head_drop", "pie", "prio", "qfq", "sfq",
        "skbprio", "tbf",
    ]
    /// Those whose classes an administrator adds.
    private static let makesClasses: Set<String> = ["drr", "hfsc", "htb", "qfq"]
    /// Those whose classes the kernel makes.
    private static let hasClasses: Set<String> = ["ets", "mq", "multiq", "netem", "prio", "skbprio", "tbf"]

    /// Whether it may have classes.
    var mayHaveClasses: Bool { Self.makesClasses.contains(kind) || Self.hasClasses.contains(kind) }
    /// Whether it is a class that an administrator added.
    var isAddedClass: Bool { subject == .tclass && Self.makesClasses.contains(kind) }

    /// Why it cannot be made again from its message as it was, for people. Nil when it can.
    var obstacle: String? {
        switch subject {
        case .qdisc:
            // The kernel takes a size table (TCA_STAB) and tables of some kinds, and does not report them.
            guard Self.exactKinds.contains(kind), attributes[TCA_STAB] == nil else {
                return "which cannot be read in full"
            }
            guard attributes[TCA_INGRESS_BLOCK] == nil, attributes[TCA_EGRESS_BLOCK] == nil else {
                return "with the filters of a block that interfaces may share"
            }
            let jitter = MemoryLayout<tc_netem_qopt>.offset(of: \.jitter) ?? 0
            if kind == "netem", let options = attributes[TCA_OPTIONS]?.value,
                UInt32(littleEndianBytes: options.dropFirst(jitter)) != 0
            {
                return "since the distribution of its delays cannot be read"
            }
        case .tclass: break
        case .filter: if let obstacle = filterObstacle { return obstacle }
        }
        return nil
    }

    /// What is lost when it is made again, for people. Nil when nothing is.
    var loss: String? {
        // The kernel reports a rate estimator's results, and not its parameters.
        let statistics = attributes[TCA_STATS2]?.nested ?? Attributes([])
        let isEstimate = [TCA_STATS_RATE_EST, TCA_STATS_RATE_EST64].contains
        guard subject != .filter, statistics.contains(where: { isEstimate($0.type) }) else { return nil }
        return "the rate estimator of \(self)"
    }

    /// Returns whether two are the same but for their statistics and interface.
    public func isSame(as other: TrafficRecord) -> Bool { normalized == other.normalized }

    /// The message without statistics and without the index of the interface, equal for two that are the same.
    var normalized: KernelMessage {
        var message = message.header(only: tcmsg.self)
        message.set(UInt32(0), at: Self.linkOffset)
        // The number of users, or the discipline inside.
        if subject != .filter { message.set(UInt32(0), at: Self.infoOffset) }
        for attribute in attributes {
            switch attribute.type {
            case TCA_KIND, TCA_CHAIN: message.add(attribute)
            case TCA_OPTIONS: message.add(options: normalizedOptions)
            default: break
            }
        }
        return message
    }

    private var normalizedOptions: [UInt8] {
        switch (subject, kind) {
        case (.filter, _): normalizedFilter
        case (.qdisc, "htb"):
            // struct tc_htb_glob: the kernel reports a version with a minor number, and takes only the major one, 3. The last
            // number counts packets.
            options.rewritten { attribute in
                guard attribute.type == TCA_HTB_INIT else { return Array(attribute.value) }
                return UInt32(3).littleEndianBytes + attribute.value.dropFirst(4).prefix(12) + [0, 0, 0, 0]
            }
        default: Array(attributes[TCA_OPTIONS]?.value ?? [])
        }
    }

    /// Returns the request that adds it to an interface.
    func request(for index: Int32) -> KernelMessage {
        var request = normalized
        if let options = request.attributes(after: tcmsg.self)[TCA_OPTIONS], subject == .filter || isTimed {
            let bytes = subject == .filter ? filterRequest(options.nested, for: index) : timedRequest(options.nested)
            request.removeAttribute(TCA_OPTIONS, after: tcmsg.self)
            request.add(options: bytes)
        }
        request.set(index, at: Self.linkOffset)
        return request
    }
}

// CoDel counts in units of 1024 ns. It rounds down both the microseconds that it is given and those that it reports.
extension TrafficRecord {
    private var isTimed: Bool { subject == .qdisc && Self.times[kind] != nil }

    private static let times: [String: Set<Int>] = [
        "codel": [TCA_CODEL_TARGET, TCA_CODEL_INTERVAL, TCA_CODEL_CE_THRESHOLD],
        "fq_codel": [TCA_FQ_CODEL_TARGET, TCA_FQ_CODEL_INTERVAL, TCA_FQ_CODEL_CE_THRESHOLD],
    ]

    /// Options with one microsecond more than was reported, which the kernel then reports as before.
    private func timedRequest(_ options: Attributes) -> [UInt8] {
        let times = Self.times[kind] ?? []
        return options.rewritten { attribute in
            guard times.contains(attribute.type), attribute.number < .max else { return Array(attribute.value) }
            return (attribute.number + 1).littleEndianBytes
        }
    }
}

extension KernelMessage {
    /// Appends the options of a discipline, class or filter. Some kinds require the mark of a nest.
    mutating func add(options: [UInt8]) {
        add(Attributes.Attribute(type: TCA_OPTIONS, flags: UInt16(NLA_F_NESTED), value: options[...]))
    }
}

extension Attributes {
    /// Returns the bytes of the attributes with other values. Those for which `change` returns nil are left out.
    ///
    /// - Parameter nests: the types to mark as nests. The kernel requires the mark of some that it reports without.
    func rewritten(nests: Set<Int> = [], _ change: (Attribute) -> [UInt8]?) -> [UInt8] {
        var bytes: [UInt8] = []
        for attribute in self {
            guard let value = change(attribute) else { continue }
            let flags = attribute.flags | (nests.contains(attribute.type) ? UInt16(NLA_F_NESTED) : 0)
            bytes.append(Attribute(type: attribute.type, flags: flags, value: value[...]))
        }
        return bytes
    }
}
