/// The queueing disciplines that somebody set on an interface, with their classes and filters: tc(8).
public struct TrafficControl: Hashable, Sendable {
    /// What can be made again, in an order in which it can: a parent comes before what is attached to it.
    public var records: [TrafficRecord] = []
    /// What cannot be made again, each with the reason, for people.
    public internal(set) var unrestorable: [String] = []

    /// No traffic control.
    public init() {}

    /// Returns the records that another state lacks.
    public func missing(in other: TrafficControl) -> [TrafficRecord] {
        let there = Set(other.records.map(\.normalized))
        return records.filter { !there.contains($0.normalized) }
    }
}
