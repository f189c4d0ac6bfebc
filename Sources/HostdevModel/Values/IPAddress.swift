/// An IPv4 or an IPv6 address.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// Which protocol an address belongs to.
    public enum Family: String, Hashable, Sendable, CaseIterable {
        /// IPv4: 4 bytes.
        case ipv4
        /// IPv6: 16 bytes.
        case ipv6

        /// How many bits an address has: 32 or 128.
        public var bits: UInt8 { self == .ipv4 ? 32 : 128 }
    }

    /// The protocol that the address belongs to.
    public let family: Family
    /// The address as a number, its last bit lowest.
    let value: UInt128

    init(_ family: Family, _ value: UInt128) {
        self.family = family
        self.value = value
    }

    /// An address from text: four decimal numbers with dots, or what RFC 4291 allows for IPv6, without a zone.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        var scanner = TextScanner(text)
        if let value = scanner.ipv4(), scanner.isAtEnd {
            self.init(.ipv4, UInt128(value))
        } else if let value = parseIPv6(text) {
            self.init(.ipv6, value)
        } else {
            throw InvalidValue(
                text, isNot: "an IP address",
                allowed: "are four decimal numbers with dots (IPv4), or groups of hexadecimal digits with colons (IPv6)"
            )
        }
    }

    /// An address from its 4 or 16 bytes, in the order of the wire.
    public init(bytes: [UInt8]) throws(InvalidValue) {
        guard bytes.count == 4 || bytes.count == 16 else {
            throw InvalidValue("\(bytes)", isNot: "an IP address", allowed: "are 4 or 16 bytes")
        }
        self.init(bytes.count == 4 ? .ipv4 : .ipv6, bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }

    /// The 4 or 16 bytes, in the order of the wire.
    public var bytes: [UInt8] {
        stride(from: Int(family.bits) - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt128($0)) }
    }

    /// Whether all bits are zero: `0.0.0.0` or `::`.
    public var isUnspecified: Bool { value == 0 }

    /// The address with dots, or as RFC 5952 asks: in lower case, the longest run of zeros left out.
    public var description: String {
        family == .ipv4 ? bytes.map(String.init).joined(separator: ".") : formatIPv6(value)
    }
}

extension TextScanner {
    /// Takes four decimal numbers with dots. A leading zero is refused: it means octal to some readers.
    mutating func ipv4() -> UInt32? {
        var value: UInt32 = 0
        for index in 0..<4 {
            guard index == 0 || take("."), !startsWithPaddedNumber, let byte: UInt8 = number() else { return nil }
            value = value << 8 | UInt32(byte)
        }
        return value
    }
}
