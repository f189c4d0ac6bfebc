/// An IPv4 or IPv6 address.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// The address family.
    public enum Family: String, Hashable, Sendable, CaseIterable {
        /// IPv4: 4 bytes.
        case ipv4
        /// IPv6: 16 bytes.
        case ipv6

        /// The number of bits of an address: 32 or 128.
        public var bits: UInt8 { self == .ipv4 ? 32 : 128 }
    }

    /// The address family.
    public let family: Family
    /// The address as a number. The last bit of the address is the least significant one.
    let value: UInt128

    init(_ family: Family, _ value: UInt128) {
        self.family = family
        self.value = value
    }

    /// Parses an IPv4 address in dotted-decimal notation, or an IPv6 address in any notation of RFC 4291 without a
    /// zone.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        var scanner = TextScanner(text)
        if let value = scanner.ipv4(), scanner.isAtEnd {
            self.init(.ipv4, UInt128(value))
        } else if let value = parseIPv6(text) {
            self.init(.ipv6, value)
        } else {
            throw InvalidValue(
                text, isNot: "an IP address",
                expected: "four decimal numbers with dots (IPv4), or groups of hexadecimal digits with colons (IPv6)"
            )
        }
    }

    /// Creates an address from its 4 or 16 bytes in network byte order.
    public init(bytes: [UInt8]) throws(InvalidValue) {
        guard bytes.count == 4 || bytes.count == 16 else {
            throw InvalidValue("\(bytes)", isNot: "an IP address", expected: "4 or 16 bytes")
        }
        self.init(bytes.count == 4 ? .ipv4 : .ipv6, bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }

    /// The 4 or 16 bytes in network byte order.
    public var bytes: [UInt8] {
        stride(from: Int(family.bits) - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt128($0)) }
    }

    /// Whether all bits are zero: `0.0.0.0` or `::`.
    public var isUnspecified: Bool { value == 0 }

    /// The address in dotted-decimal notation (IPv4), or in the canonical notation of RFC 5952 (IPv6).
    public var description: String {
        family == .ipv4 ? bytes.map(String.init).joined(separator: ".") : formatIPv6(value)
    }
}

extension TextScanner {
    /// Scans an IPv4 address. A number with a leading zero is refused, since some parsers read it as octal.
    mutating func ipv4() -> UInt32? {
        var value: UInt32 = 0
        for index in 0..<4 {
            guard index == 0 || take("."), !startsWithPaddedNumber, let byte: UInt8 = number() else { return nil }
            value = value << 8 | UInt32(byte)
        }
        return value
    }
}

/// An IP address with the length of its network prefix, for example `10.0.0.5/24`.
public struct IPPrefix: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// The address, including the bits after the prefix.
    public let address: IPAddress
    /// The prefix length in bits: 0 to 32 for IPv4, 0 to 128 for IPv6.
    public let length: UInt8

    /// Creates a prefix.
    ///
    /// - Throws: ``InvalidValue`` if the length is larger than an address of the family has bits.
    public init(address: IPAddress, length: UInt8) throws(InvalidValue) {
        guard length <= address.family.bits else { throw Self.invalid("\(address)/\(length)") }
        self.address = address
        self.length = length
    }

    /// Creates a prefix that covers all bits of the address.
    public init(_ address: IPAddress) {
        self.address = address
        self.length = address.family.bits
    }

    /// Parses an address, a slash and a length. Without a slash, the prefix covers all bits of the address.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = try? IPAddress(parts[0]) else { throw Self.invalid(text) }
        guard parts.count == 2 else {
            self.init(address)
            return
        }
        guard let length: UInt8 = digits(parts[1], radix: 10), length <= address.family.bits else {
            throw Self.invalid(text)
        }
        self.init(address, length)
    }

    /// The network: the same prefix with all bits after it set to zero.
    public var network: IPPrefix {
        let rest = UInt128(address.family.bits - length)
        return IPPrefix(IPAddress(address.family, (address.value >> rest) << rest), length)
    }

    /// Creates a prefix whose length is known to be valid.
    init(_ address: IPAddress, _ length: UInt8) {
        self.address = address
        self.length = length
    }

    /// The address, a slash and the length.
    public var description: String { "\(address)/\(length)" }

    private static func invalid(_ text: some StringProtocol) -> InvalidValue {
        InvalidValue(
            text, isNot: "an IP prefix",
            expected: "an IP address, a slash, and a length up to 32 (IPv4) or 128 (IPv6), such as 10.0.0.5/24")
    }
}

/// Parses an IPv6 address in any of the three notations of RFC 4291, section 2.2. Returns nil if it is not one.
func parseIPv6(_ text: some StringProtocol) -> UInt128? {
    var scanner = TextScanner(text)
    var groups: [UInt16] = []
    /// The number of groups before the double colon, or nil if there was none so far.
    var head: Int?
    if scanner.take(":") {
        guard scanner.take(":") else { return nil }
        head = 0
    }
    while !scanner.isAtEnd {
        if let ipv4 = scanner.lastIPv4() {
            groups += [UInt16(ipv4 >> 16), UInt16(truncatingIfNeeded: ipv4)]
            break
        }
        guard let group: UInt16 = scanner.number(radix: 16, digits: 1...4) else { return nil }
        groups.append(group)
        guard !scanner.isAtEnd else { break }
        guard scanner.take(":"), !scanner.isAtEnd else { return nil }
        if scanner.take(":") {
            guard head == nil else { return nil }
            head = groups.count
        }
    }
    guard let head else { return groups.count == 8 ? join(groups) : nil }
    guard groups.count < 8 else { return nil }
    return join(groups[..<head] + Array(repeating: 0, count: 8 - groups.count) + groups[head...])
}

/// Returns an IPv6 address in the canonical notation of RFC 5952, section 4. Only an IPv4-mapped address ends in dotted
/// decimals.
func formatIPv6(_ value: UInt128) -> String {
    if value >> 32 == 0xFFFF { return "::ffff:\(IPAddress(.ipv4, value & 0xFFFF_FFFF))" }
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128(112 - 16 * $0)) }
    let zeros = longestRunOfZeros(groups)
    func text(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard zeros.count > 1 else { return text(groups[...]) }
    return text(groups[..<zeros.lowerBound]) + "::" + text(groups[zeros.upperBound...])
}

extension TextScanner {
    /// Scans an IPv4 address if it is the rest of the text.
    fileprivate mutating func lastIPv4() -> UInt32? {
        var ahead = self
        guard let address = ahead.ipv4(), ahead.isAtEnd else { return nil }
        self = ahead
        return address
    }
}

private func join(_ groups: some Sequence<UInt16>) -> UInt128 {
    groups.reduce(0) { $0 << 16 | UInt128($1) }
}

/// Returns the first of the longest runs of zeros. The range is empty if no group is zero.
private func longestRunOfZeros(_ groups: [UInt16]) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for (index, group) in groups.enumerated() {
        if group != 0 { start = index + 1 }
        if index + 1 - start > longest.count { longest = start..<index + 1 }
    }
    return longest
}
