/// A 48-bit MAC address (IEEE 802).
public struct MACAddress: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let value: UInt64

    /// Parses six pairs of hexadecimal digits with colons between them.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        var scanner = TextScanner(text)
        var value: UInt64 = 0
        var isRight = true
        for pair in 0..<6 where isRight {
            let start = pair == 0 || scanner.take(":")
            let byte: UInt8? = scanner.number(radix: 16, digits: 2...2)
            isRight = start && byte != nil
            value = value << 8 | UInt64(byte ?? 0)
        }
        guard isRight, scanner.isAtEnd else {
            throw InvalidValue(
                text, isNot: "a MAC address",
                expected: "six pairs of hexadecimal digits with colons, such as 00:13:02:b9:f9:d3")
        }
        self.value = value
    }

    /// Creates an address from its six bytes in transmission order.
    public init(bytes: [UInt8]) throws(InvalidValue) {
        guard bytes.count == 6 else {
            throw InvalidValue("\(bytes)", isNot: "a MAC address", expected: "6 bytes")
        }
        self.value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The six bytes in transmission order.
    public var bytes: [UInt8] {
        (0..<6).map { UInt8(truncatingIfNeeded: value >> (40 - 8 * $0)) }
    }

    /// Whether the address can belong to one interface: it is neither a group address nor all zeros.
    public var isUnicast: Bool { value != 0 && value >> 40 & 1 == 0 }

    /// Six pairs of lower-case hexadecimal digits with colons.
    public var description: String { bytes.map { hexadecimal($0, digits: 2) }.joined(separator: ":") }
}
