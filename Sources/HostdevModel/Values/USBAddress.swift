/// The current bus and device number of a USB device. The device number changes each time the device is plugged in.
public struct USBAddress: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// The bus number, 1 to 999: its directory below `/dev/bus/usb` has three digits.
    public let bus: UInt16
    /// The device number on the bus: 1 to 127, as in the USB specification.
    public let device: UInt8
    /// The port into which it is plugged. Nil if it is not known.
    public private(set) var port: USBPort?

    /// The valid bus numbers.
    static let buses: ClosedRange<UInt16> = 1...999
    /// The valid device numbers.
    static let devices: ClosedRange<UInt8> = 1...127

    /// Creates an address.
    ///
    /// - Throws: ``InvalidValue`` if a number is out of range.
    public init(bus: UInt16, device: UInt8) throws(InvalidValue) {
        guard Self.buses.contains(bus), Self.devices.contains(device) else {
            throw Self.invalid("\(bus):\(device)")
        }
        self.bus = bus
        self.device = device
    }

    /// Creates an address with the port into which the device is plugged.
    ///
    /// - Parameters:
    ///   - bus: the number of the bus.
    ///   - device: the number of the device on the bus.
    ///   - path: the numbers of the ports on the way from the root hub: `1.2`.
    ///   - controller: the PCI address of the host controller. Nil if it is not a PCI function.
    /// - Throws: ``InvalidValue`` if a number is out of range.
    public init(bus: UInt16, device: UInt8, port path: String, controller: PCIAddress?) throws(InvalidValue) {
        try self.init(bus: bus, device: device)
        port = try USBPort(path: path, bus: bus, controller: controller)
    }

    /// Parses two decimal numbers with a colon, for example `003:005`.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        var scanner = TextScanner(text)
        guard let bus: UInt16 = scanner.number(), scanner.take(":"), let device: UInt8 = scanner.number(),
            scanner.isAtEnd, Self.buses.contains(bus), Self.devices.contains(device)
        else { throw Self.invalid(text) }
        self.bus = bus
        self.device = device
    }

    /// The two numbers with three decimal digits each and a colon.
    public var description: String { "\(decimal(bus, digits: 3)):\(decimal(device, digits: 3))" }

    private static func invalid(_ text: some StringProtocol) -> InvalidValue {
        InvalidValue(
            text, isNot: "a USB address",
            expected: "bus:device in decimal digits, the bus 1 to 999, the device 1 to 127, such as 003:005")
    }
}

/// The vendor and product id of a USB device.
public struct USBID: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// The vendor id, assigned by the USB Implementers Forum. It is never 0.
    public let vendor: UInt16
    /// The product id, assigned by the vendor. It may be 0.
    public let product: UInt16

    /// Creates an id.
    ///
    /// - Throws: ``InvalidValue`` if the vendor is 0.
    public init(vendor: UInt16, product: UInt16) throws(InvalidValue) {
        guard vendor != 0 else { throw Self.invalid("0000:\(hexadecimal(product, digits: 4))") }
        self.vendor = vendor
        self.product = product
    }

    /// Parses an id as `lsusb` prints it: two hexadecimal numbers with a colon, for example `0483:2016`.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        var scanner = TextScanner(text)
        guard let vendor: UInt16 = scanner.number(radix: 16), scanner.take(":"), vendor != 0,
            let product: UInt16 = scanner.number(radix: 16), scanner.isAtEnd
        else { throw Self.invalid(text) }
        self.vendor = vendor
        self.product = product
    }

    /// The two numbers with four hexadecimal digits each and a colon.
    public var description: String { "\(hexadecimal(vendor, digits: 4)):\(hexadecimal(product, digits: 4))" }

    private static func invalid(_ text: some StringProtocol) -> InvalidValue {
        InvalidValue(
            text, isNot: "a USB id",
            expected: "vendor:product, each up to four hexadecimal digits, the vendor not 0, such as 0483:2016")
    }
}
