/// The address of a SCSI logical unit: host, channel, target and LUN.
public struct SCSIAddress: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// The number of the host adapter.
    public let host: UInt32
    /// The channel of the adapter. Libvirt calls it the bus.
    public let bus: UInt32
    /// The target on the channel.
    public let target: UInt32
    /// The number of the logical unit at the target.
    public let lun: UInt64

    /// Creates an address.
    public init(host: UInt32, bus: UInt32, target: UInt32, lun: UInt64) {
        self.host = host
        self.bus = bus
        self.target = target
        self.lun = lun
    }

    /// Parses an address as the kernel prints it: four decimal numbers with colons, for example `2:0:0:3`.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        var scanner = TextScanner(text)
        guard let host: UInt32 = scanner.number(), scanner.take(":"),
            let bus: UInt32 = scanner.number(), scanner.take(":"),
            let target: UInt32 = scanner.number(), scanner.take(":"),
            let lun: UInt64 = scanner.number(), scanner.isAtEnd
        else {
            throw InvalidValue(
                text, isNot: "a SCSI address",
                expected: "four decimal numbers host:bus:target:lun, such as 2:0:0:3")
        }
        self.init(host: host, bus: bus, target: target, lun: lun)
    }

    /// Four decimal numbers with colons.
    public var description: String { "\(host):\(bus):\(target):\(lun)" }
}
