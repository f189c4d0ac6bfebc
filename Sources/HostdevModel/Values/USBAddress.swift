/// Where a USB device is plugged in at the moment; it changes with every replugging.
public struct USBAddress: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// The number of the bus, 1 to 999: its directory below `/dev/bus/usb` has three digits.
    public let bus: UInt16
    /// The number of the device on the bus, 1 to 127, as the USB standard has it.
    public let device: UInt8

    /// The numbers that a bus can have.
    static let buses: ClosedRange<UInt16> = 1...999
    /// The numbers that a device can have on its bus.
    static let devices: ClosedRange<UInt8> = 1...127

    /// An address from its two numbers.
    public init(bus: UInt16, device: UInt8) throws(InvalidValue) {
        guard Self.buses.contains(bus), Self.devices.contains(device) else {
            throw Self.invalid("\(bus):\(device)")
        }
        self.bus = bus
        self.device = device
    }

    /// An address as two decimal numbers with a colon: `003:005`.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        var scanner = TextScanner(text)
        guard let bus: UInt16 = scanner.number(), scanner.take(":"), let device: UInt8 = scanner.number(),
            scanner.isAtEnd, Self.buses.contains(bus), Self.devices.contains(device)
        else { throw Self.invalid(text) }
        self.bus = bus
        self.device = device
    }

    /// Two numbers of three decimal digits with a colon.
    public var description: String { "\(decimal(bus, digits: 3)):\(decimal(device, digits: 3))" }

    private static func invalid(_ text: some StringProtocol) -> InvalidValue {
        InvalidValue(
            text, isNot: "a USB address",
            allowed: "is bus:device in decimal digits, the bus 1 to 999, the device 1 to 127, such as 003:005")
    }
}
