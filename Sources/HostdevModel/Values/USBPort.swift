/// A port into which a USB device is plugged: whatever is there, now or later.
///
/// The bus number is assigned when the driver of the host controller is loaded. The PCI address of the controller is stable,
/// but stands for all buses of that controller, of which a socket for USB 3 has two.
public struct USBPort: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// The numbers of the ports on the way from the root hub, with dots between them: `1.2`.
    public let path: String
    /// The bus number. Nil for any bus of the controller.
    public let bus: UInt16?
    /// The PCI address of the host controller. Nil if it is not a PCI function, or not known.
    public let controller: PCIAddress?

    /// Creates a port.
    ///
    /// - Throws: ``InvalidValue`` if a number is out of range, or if neither bus nor controller is given.
    public init(path: String, bus: UInt16?, controller: PCIAddress?) throws(InvalidValue) {
        guard Self.isPath(path), bus.map(USBAddress.buses.contains) ?? (controller != nil) else {
            throw Self.invalid(path)
        }
        self.path = path
        self.bus = bus
        self.controller = controller
    }

    /// Parses a port as the kernel names it, `3-1.2`, or as udev(7) does in `ID_PATH`, `pci-0000:00:0a.0-usb-0:1.2`.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        let words = String(text).split(separator: "-", omittingEmptySubsequences: false)
        if words.count == 4, words[0] == "pci", words[2] == "usb", words[3].hasPrefix("0:"),
            let address = try? PCIAddress(words[1])
        {
            try self.init(path: String(words[3].dropFirst(2)), bus: nil, controller: address)
            return
        }
        guard words.count == 2, let bus: UInt16 = digits(words[0], radix: 10) else { throw Self.invalid(text) }
        try self.init(path: String(words[1]), bus: bus, controller: nil)
    }

    /// The port as the kernel names it if the bus is known, else as udev does.
    public var description: String {
        if let bus { return "\(bus)-\(path)" }
        return controller.map { "pci-\($0)-usb-0:\(path)" } ?? path
    }

    /// Returns whether both are one port. Where both name the controller it decides, since the number of a bus is another after a
    /// reboot.
    public func isSame(as other: USBPort) -> Bool {
        guard path == other.path else { return false }
        if let controller, let theirs = other.controller { return controller == theirs }
        return bus == other.bus
    }

    /// A root hub has at most 255 ports, and there are at most five hubs on the way from it: USB 3.2, 10.3 and 4.1.1.
    private static func isPath(_ text: String) -> Bool {
        let numbers = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (1...7).contains(numbers.count)
            && numbers.allSatisfy { number in
                let text = String(decoding: Array(number), as: UTF8.self)
                guard !text.hasPrefix("0"), let number: UInt16 = digits(text, radix: 10) else { return false }
                return (1...255).contains(number)
            }
    }

    private static func invalid(_ text: some StringProtocol) -> InvalidValue {
        InvalidValue(
            text, isNot: "a USB port",
            expected: "bus-port.port… such as 3-1.2, or the controller and the ports such as pci-0000:00:0a.0-usb-0:1.2"
        )
    }
}

/// The serial number that a USB device reports.
public struct USBSerial: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let text: String

    /// Parses a serial number, as in the file `serial` of sysfs.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        // A string descriptor has at most 126 UTF-16 code units: USB 2.0, 9.6.7.
        guard (1...378).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F && $0.value < 0xFFFE })
        else {
            throw InvalidValue(
                text, isNot: "a serial number", expected: "1 to 378 bytes of printable characters, such as A50285BI")
        }
        self.text = String(text)
    }

    /// The serial number.
    public var description: String { text }

    /// Returns whether the bytes of both are equal.
    public static func == (one: USBSerial, other: USBSerial) -> Bool { one.text.utf8.elementsEqual(other.text.utf8) }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
