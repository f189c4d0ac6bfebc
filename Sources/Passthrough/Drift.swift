/// A respect in which an attached device is not as it was attached.
public struct Drift: Hashable, Sendable {
    /// The attachment's id.
    public let id: String
    /// The container that has it.
    public let container: String
    /// What people call the device: its name on the host.
    public let device: String
    /// What has changed: `container`, `interface`, `name`, `state`, `mac`, `mtu`, `address`, `route`, `type`,
    /// `companion`; `unit`, `node`, `rule`.
    public let what: String
    /// What it was to be.
    public let expected: String
    /// What it is.
    public let found: String
}
