internal import CNetlink

/// A queueing discipline that somebody gave an interface: RTM_NEWQDISC, `struct tcmsg`, tc(8).
public struct QueueingRecord: Hashable, Sendable, CustomStringConvertible {
    /// The kernel's message.
    public let message: KernelMessage
    /// Whether classifiers of somebody's hang on it, which its message does not hold.
    public let hasFilters: Bool

    /// Takes an RTM_NEWQDISC.
    public init(_ message: KernelMessage, hasFilters: Bool = false) {
        self.message = message
        self.hasFilters = hasFilters
    }

    private var attributes: Attributes { message.attributes(after: tcmsg.self) }

    /// Its kind, `tbf`.
    public var kind: String { attributes[TCA_KIND].map { String(decoding: $0.text, as: UTF8.self) } ?? "" }
    /// Its number, the upper half of the handles of its classes. The kernel gives none to what it puts there by itself.
    public var handle: UInt32 { message.header(at: 8, as: UInt32.self) }
    /// Where it hangs: TC_H_ROOT or TC_H_INGRESS.
    public var parent: UInt32 { message.header(at: 12, as: UInt32.self) }

    /// Whether it can be made again from its message, and is then what it was.
    ///
    /// Not so with classes or filters, which are objects of their own; with a size table (TCA_STAB) or tables of the
    /// kind's own, which the kernel takes and does not give back; and in a block that interfaces share.
    public var isExact: Bool {
        Self.exactKinds.contains(kind) && !hasFilters && attributes[TCA_STAB] == nil
            && attributes[TCA_INGRESS_BLOCK] == nil && attributes[TCA_EGRESS_BLOCK] == nil
    }

    // Kinds without classes whose options are the same in both directions.
    private static let exactKinds: Set<String> = [
        "bfifo", "cake", "clsact", "codel", "fq", "fq_codel", "fq_pie", "hhf", "ingress", "noqueue", "pfifo",
        "pfifo_head_drop", "pie", "sfq", "tbf",
    ]

    /// What a request to make it has, and what tells two of them apart: no statistics.
    var request: KernelMessage {
        var request = KernelMessage(type: UInt16(RTM_NEWQDISC), bytes: Array(message.bytes.prefix(Self.headerSize)))
        request.set(UInt32(0), at: 16)  // how many use it
        for attribute in [TCA_KIND, TCA_OPTIONS].compactMap({ attributes[$0] }) {
            request.add(attribute)
        }
        return request
    }

    /// Whether two are the same, whatever went through them.
    public func isSame(as other: QueueingRecord) -> Bool { request == other.request }

    /// The same for another interface.
    public func moved(to index: Int32) -> QueueingRecord {
        var message = message
        message.set(index, at: 4)
        return QueueingRecord(message, hasFilters: hasFilters)
    }

    private static let headerSize = MemoryLayout<tcmsg>.size

    /// `tbf 8001:`.
    public var description: String { "\(kind) \(String(handle >> 16, radix: 16)):" }
}
