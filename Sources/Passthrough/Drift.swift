internal import HostdevModel

/// A respect in which an attached device is not as it was attached.
public struct Drift: Hashable, Sendable {
    /// The attachment's id.
    public let id: String
    /// The container that has it.
    public let container: String
    /// What people call the device: its name on the host.
    public let device: String
    /// What has changed: `container`, `interface`, `name`, `state`, `mac`, `mtu`, `address`, `route`, `type`,
    /// `companion`; `unit`, `node`, `rule`. Of a record that cannot be read, `state`.
    public let what: String
    /// What it was to be.
    public let expected: String
    /// What it is.
    public let found: String
}

extension Drift {
    init(_ record: Record, _ what: String, _ expected: String, _ found: String) {
        id = record.id
        container = record.container.reference
        device = record.hostName
        self.what = what
        self.expected = expected
        self.found = found
    }

    /// A record that cannot be read: nobody knows what it is of.
    init(_ record: UnreadableRecord) {
        id = Journal.id(ofFile: record.name) ?? record.name
        container = record.path
        device = "record"
        what = "state"
        expected = "attached"
        found = "unreadable: \(record.reason)"
    }
}
