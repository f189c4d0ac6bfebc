/// What an inventory says of a SCSI host adapter.
public struct SCSIHostCapability: Hashable, Sendable {
    /// Its number in the kernel.
    public var host: UInt32
    /// Its number among the adapters of its driver.
    public var uniqueID: UInt32?

    /// An adapter.
    public init(host: UInt32, uniqueID: UInt32? = nil) {
        self.host = host
        self.uniqueID = uniqueID
    }
}
