/// All queueing disciplines that somebody gave an interface, with their classes and filters, in an order in which they can be
/// made again.
public struct TrafficControl: Hashable, Sendable {
    /// What can be made again: what something hangs on comes before it.
    public var records: [TrafficRecord] = []
    /// The rest, each with the reason.
    public internal(set) var unrestorable: [String] = []

    /// None.
    public init() {}

    /// Whether something of it is not in another one.
    public func missing(in other: TrafficControl) -> [TrafficRecord] {
        let there = Set(other.records.map(\.normalized))
        return records.filter { !there.contains($0.normalized) }
    }
}
