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
            expected: "bus:device in decimal digits, the bus 1 to 999, the device 1 to 127, such as 003:005")
    }
}

/// What kind of USB device it is: the numbers of its vendor and its product.
public struct USBID: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// The vendor's number from the USB Implementers Forum; never 0.
    public let vendor: UInt16
    /// The vendor's number for the product; may be 0.
    public let product: UInt16

    /// An identifier from its two numbers.
    public init(vendor: UInt16, product: UInt16) throws(InvalidValue) {
        guard vendor != 0 else { throw Self.invalid("0000:\(hexadecimal(product, digits: 4))") }
        self.vendor = vendor
        self.product = product
    }

    /// An identifier as `lsusb` prints it: two hexadecimal numbers with a colon, `0483:2016`.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        var scanner = TextScanner(text)
        guard let vendor: UInt16 = scanner.number(radix: 16), scanner.take(":"), vendor != 0,
            let product: UInt16 = scanner.number(radix: 16), scanner.isAtEnd
        else { throw Self.invalid(text) }
        self.vendor = vendor
        self.product = product
    }

    /// Two numbers of four hexadecimal digits with a colon.
    public var description: String { "\(hexadecimal(vendor, digits: 4)):\(hexadecimal(product, digits: 4))" }

    private static func invalid(_ text: some StringProtocol) -> InvalidValue {
        InvalidValue(
            text, isNot: "a USB id",
            expected: "vendor:product, each up to four hexadecimal digits, the vendor not 0, such as 0483:2016")
    }
}
