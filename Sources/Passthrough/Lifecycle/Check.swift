public import Containers
internal import HostdevModel

/// A difference between an attached device and what was attached.
public struct Drift: Hashable, Sendable {
    /// The attachment's id.
    public let id: String
    /// The container that has it.
    public let container: String
    /// The name of the device on the host.
    public let device: String
    /// What has changed: `container`, `interface`, `name`, `state`, `mac`, `mtu`, `address`, `route`, `type`,
    /// `companion`; `unit`, `node`, `rule`. Of a record that cannot be read, `state`.
    public let what: String
    /// What it was to be.
    public let expected: String
    /// What it is.
    public let found: String

    /// A difference from its parts.
    public init(id: String, container: String, device: String, what: String, expected: String, found: String) {
        self.id = id
        self.container = container
        self.device = device
        self.what = what
        self.expected = expected
        self.found = found
    }
}

extension Backend {
    /// Compares what was attached with what is, and changes nothing. Empty when all is as it was attached.
    ///
    /// - Parameter reference: the container whose devices are compared; nil for all.
    public func check(_ reference: ContainerReference? = nil) throws(PassthroughError) -> [Drift] {
        do {
            try Self.requirePrivilege()
            let records =
                try reference.map { reference in try ContainerLookup(reference).records(in: journal) }
                ?? journal.records()
            let unreadable = try unreadableRecords(of: reference)
            return unreadable.map(Drift.init)
                + records.flatMap { record in
                    do {
                        return try check(record)
                    } catch {
                        // One that cannot be compared hides no other.
                        return [Drift(record, "state", "attached", "unknown: \(PassthroughError(error))")]
                    }
                }
        } catch {
            throw PassthroughError(error)
        }
    }

    private func check(_ record: Record) throws -> [Drift] {
        guard try !isUnfinished(record) else {
            return [Drift(record, "state", "attached", record.isDetaching ? "detaching" : "attaching")]
        }
        switch record.container.life() {
        case .ended: return [Drift(record, "container", "running", "ended")]
        case .unknown(let error): return [Drift(record, "container", "running", "unknown: \(error)")]
        case .running(let container):
            var drift: [Drift] = []
            try record.change.check(record, in: container) { drift.append(Drift(record, $0, $1, $2)) }
            return drift
        }
    }
}

extension Drift {
    init(_ record: Record, _ what: String, _ expected: String, _ found: String) {
        self.init(
            id: record.id, container: record.container.reference, device: record.hostName, what: what,
            expected: expected, found: found)
    }

    /// A record that cannot be read: nothing is known of its attachment.
    init(_ record: UnreadableRecord) {
        self.init(
            id: Journal.id(ofFile: record.name) ?? record.name, container: record.path, device: "record",
            what: "state", expected: "attached", found: "unreadable: \(record.reason)")
    }
}
