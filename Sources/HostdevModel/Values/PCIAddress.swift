import XMLTree

/// The address of a PCI function.
public struct PCIAddress: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// The domain (segment). The firmware assigns 16-bit numbers; Linux assigns larger ones behind some host bridges.
    public let domain: UInt32
    /// The bus number.
    public let bus: UInt8
    /// The slot (device) number: 0 to 31.
    public let slot: UInt8
    /// The function number: 0 to 7.
    public let function: UInt8

    /// Creates an address.
    ///
    /// - Throws: ``InvalidValue`` if the slot or the function is out of range.
    public init(domain: UInt32 = 0, bus: UInt8, slot: UInt8, function: UInt8) throws(InvalidValue) {
        guard slot <= 0x1F, function <= 7 else {
            throw Self.invalid("\(domain):\(bus):\(slot).\(function)")
        }
        self.domain = domain
        self.bus = bus
        self.slot = slot
        self.function = function
    }

    /// Parses an address as `lspci` prints it, in hexadecimal digits: `0000:00:16.3`, or `00:16.3` in domain 0.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        var scanner = TextScanner(text)
        guard let first: UInt32 = scanner.number(radix: 16), scanner.take(":"),
            let second: UInt8 = scanner.number(radix: 16)
        else { throw Self.invalid(text) }
        let hasDomain = scanner.take(":")
        let slot: UInt8? = hasDomain ? scanner.number(radix: 16) : second
        guard let bus = hasDomain ? second : UInt8(exactly: first), let slot, scanner.take("."),
            let function: UInt8 = scanner.number(radix: 16), scanner.isAtEnd,
            let address = try? PCIAddress(domain: hasDomain ? first : 0, bus: bus, slot: slot, function: function)
        else { throw Self.invalid(text) }
        self = address
    }

    /// The address as `DDDD:BB:SS.F` in hexadecimal digits, which is also the name of the function in sysfs.
    public var description: String {
        "\(hexadecimal(domain, digits: 4)):\(hexadecimal(bus, digits: 2)):\(hexadecimal(slot, digits: 2)).\(function)"
    }

    private static func invalid(_ text: some StringProtocol) -> InvalidValue {
        InvalidValue(
            text, isNot: "a PCI address",
            expected: "domain:bus:slot.function in hexadecimal digits, the slot up to 1f, the function up to 7, "
                + "such as 0000:00:16.3")
    }
}

extension PCIAddress {
    /// Reads an `<address>` element, whose numbers are in the notation of the dialect.
    init?(reading element: XMLElement, _ style: NumberStyle, with reader: inout DocumentReader) {
        reader.checkNames(in: element, AllowedNames(attributes: ["type", "domain", "bus", "slot", "function"]))
        if let type = element["type"], type != "pci" {
            reader.error("type=\(quoted(type)) is not a PCI address: expected 'pci'", at: "type", of: element)
        }
        let domain: UInt32? = reader.number("domain", of: element, style)
        let bus: UInt8? = reader.requiredNumber("bus", of: element, style)
        let slot: UInt8? = reader.requiredNumber("slot", of: element, style, in: 0...0x1F)
        let function: UInt8? = reader.requiredNumber("function", of: element, style, in: 0...7)
        guard let bus, let slot, let function,
            let address = try? PCIAddress(domain: domain ?? 0, bus: bus, slot: slot, function: function)
        else { return nil }
        self = address
    }
}

extension PCIAddress {
    /// Returns the address as an `<address>` element, with `type='pci'` if `type` is true.
    func element(type: Bool) -> XMLNode {
        let numbers = [
            XMLAttribute("domain", "0x" + hexadecimal(domain, digits: 4)),
            XMLAttribute("bus", "0x" + hexadecimal(bus, digits: 2)),
            XMLAttribute("slot", "0x" + hexadecimal(slot, digits: 2)),
            XMLAttribute("function", "0x" + hexadecimal(function, digits: 1)),
        ]
        return XMLNode("address", (type ? [XMLAttribute("type", "pci")] : []) + numbers)
    }
}
