internal import CNetlink

/// A queueing discipline that somebody gave an interface, a class of one, or a filter at either: RTM_NEWQDISC,
/// RTM_NEWTCLASS, RTM_NEWTFILTER, `struct tcmsg`, tc(8).
public struct TrafficRecord: Hashable, Sendable, CustomStringConvertible {
    /// What it is.
    public enum Subject: Hashable, Sendable { case qdisc, tclass, filter }

    /// The kernel's message.
    public let message: KernelMessage

    /// Takes an RTM_NEWQDISC, RTM_NEWTCLASS or RTM_NEWTFILTER.
    public init(_ message: KernelMessage) {
        self.message = message
    }

    /// What it is.
    public var subject: Subject {
        switch Int(message.type) {
        case RTM_NEWTCLASS: .tclass
        case RTM_NEWTFILTER: .filter
        default: .qdisc
        }
    }

    var attributes: Attributes { message.attributes(after: tcmsg.self) }
    var options: Attributes { attributes[TCA_OPTIONS]?.nested ?? Attributes([]) }

    /// Its kind, `tbf`.
    public var kind: String { attributes[TCA_KIND].map { String(decoding: $0.text, as: UTF8.self) } ?? "" }
    /// The number of the interface that has it.
    var linkIndex: Int32 { message.header(at: 4, as: Int32.self) }
    /// Its number: of a discipline the upper half of those of its classes. The kernel gives none to what it puts there by
    /// itself.
    var handle: UInt32 { message.header(at: 8, as: UInt32.self) }
    /// Where it hangs: TC_H_ROOT, TC_H_INGRESS, or the number of a class or discipline.
    var parent: UInt32 { message.header(at: 12, as: UInt32.self) }
    /// Of a class the number of the discipline in it; of a filter its priority and protocol.
    var info: UInt32 { message.header(at: 16, as: UInt32.self) }
    /// Of a filter, the chain in which it is.
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

// What the kernel says of it is mostly what it takes.
extension TrafficRecord {
    /// Kinds of disciplines whose options are the same in both directions.
    private static let exactKinds: Set<String> = [
        "bfifo", "cake", "clsact", "codel", "drr", "ets", "fq", "fq_codel", "fq_pie", "hfsc", "hhf", "htb", "ingress",
        "mq",
        "multiq", "netem", "noqueue", "pfifo", "pfifo_fast", "pfifo_head_drop", "pie", "prio", "qfq", "sfq", "skbprio",
        "tbf",
    ]
    /// Those of them whose classes somebody makes.
    private static let makesClasses: Set<String> = ["drr", "hfsc", "htb", "qfq"]
    /// Those that have classes by themselves.
    private static let hasClasses: Set<String> = ["ets", "mq", "multiq", "netem", "prio", "skbprio", "tbf"]

    /// Whether it may have classes, with disciplines in them.
    var mayHaveClasses: Bool { Self.makesClasses.contains(kind) || Self.hasClasses.contains(kind) }
    /// Whether it is a class that is there only when somebody makes it.
    var isMadeClass: Bool { subject == .tclass && Self.makesClasses.contains(kind) }

    /// Why it cannot be made again from its message, or would not be what it was. Nil: it can.
    var obstacle: String? {
        switch subject {
        case .qdisc:
            // A size table (TCA_STAB) and tables of the kind's own are taken by the kernel and not given back.
            guard Self.exactKinds.contains(kind), attributes[TCA_STAB] == nil else {
                return "which cannot be read in full"
            }
            guard attributes[TCA_INGRESS_BLOCK] == nil, attributes[TCA_EGRESS_BLOCK] == nil else {
                return "with the filters of a block that interfaces may share"
            }
            // struct tc_netem_qopt: the jitter is the sixth number.
            if kind == "netem",
                attributes[TCA_OPTIONS]?.value.dropFirst(20).prefix(4).contains(where: { $0 != 0 }) == true
            {
                return "since the distribution of its delays cannot be read"
            }
        case .tclass: break
        case .filter: if let obstacle = filterObstacle { return obstacle }
        }
        return nil
    }

    /// What of it is lost when it is made again.
    var loss: String? {
        // TCA_STATS_RATE_EST or TCA_STATS_RATE_EST64: how it was asked for is not said.
        let statistics = attributes[TCA_STATS2]?.nested ?? Attributes([])
        guard subject != .filter, statistics.contains(where: { $0.type == 2 || $0.type == 5 }) else { return nil }
        return "the rate estimator of \(self)"
    }

    /// Whether two are the same, whatever went through them.
    public func isSame(as other: TrafficRecord) -> Bool { normalized == other.normalized }

    /// What it is, without statistics and without the number of its interface: of two of the same it is the same.
    var normalized: KernelMessage {
        var message = KernelMessage(type: message.type, bytes: Array(message.bytes.prefix(MemoryLayout<tcmsg>.size)))
        message.set(UInt32(0), at: 4)
        // How many use it, or what is in it.
        if subject != .filter { message.set(UInt32(0), at: 16) }
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
            // TCA_HTB_INIT, struct tc_htb_glob: of the version in the first number only the upper half is taken, as 3; the fifth
            // counts packets.
            options.rewritten { attribute in
                guard attribute.type == 2 else { return Array(attribute.value) }
                return UInt32(3).littleEndianBytes + attribute.value.dropFirst(4).prefix(12) + [0, 0, 0, 0]
            }
        default: Array(attributes[TCA_OPTIONS]?.value ?? [])
        }
    }

    /// A request to make it on an interface.
    func request(for index: Int32) -> KernelMessage {
        var request = normalized
        if let options = request.attributes(after: tcmsg.self)[TCA_OPTIONS], subject == .filter || isTimed {
            let bytes = subject == .filter ? filterRequest(options.nested, for: index) : timedRequest(options.nested)
            request.removeAttribute(TCA_OPTIONS, after: tcmsg.self)
            request.add(options: bytes)
        }
        request.set(index, at: 4)
        return request
    }
}

// CoDel counts in 1024 nanoseconds, and rounds down when it is told microseconds, and when it tells them.
extension TrafficRecord {
    private var isTimed: Bool { subject == .qdisc && (kind == "codel" || kind == "fq_codel") }

    /// TCA_CODEL_TARGET, _INTERVAL and _CE_THRESHOLD, TCA_FQ_CODEL_TARGET, _INTERVAL and _CE_THRESHOLD: one microsecond more is
    /// what comes out as it was.
    private func timedRequest(_ options: Attributes) -> [UInt8] {
        let times: Set<Int> = [1, 3, kind == "codel" ? 5 : 7]
        return options.rewritten { attribute in
            guard times.contains(attribute.type), attribute.number < .max else { return Array(attribute.value) }
            return (attribute.number + 1).littleEndianBytes
        }
    }
}

extension KernelMessage {
    /// Adds the options of a discipline, class or filter: some kinds want them to be marked as a nest.
    mutating func add(options: [UInt8]) {
        add(Attributes.Attribute(type: TCA_OPTIONS, flags: UInt16(NLA_F_NESTED), value: options[...]))
    }
}

extension Attributes {
    /// The attributes one behind the other, each with another value; those for which `change` returns nil are left out.
    ///
    /// - Parameter nests: types that are to be marked as nests: the kernel wants that of what it does not mark itself.
    func rewritten(nests: Set<Int> = [], _ change: (Attribute) -> [UInt8]?) -> [UInt8] {
        var message = KernelMessage(type: 0, bytes: [])
        for attribute in self {
            guard let value = change(attribute) else { continue }
            let flags = attribute.flags | (nests.contains(attribute.type) ? UInt16(NLA_F_NESTED) : 0)
            message.add(Attribute(type: attribute.type, flags: flags, value: value[...]))
        }
        return message.bytes
    }
}
