/// The maximum transmission unit: the largest packet of an interface in bytes, without the link-layer header.
///
/// The minimum is 68, which RFC 791 requires of every IPv4 link. The maximum is that of the kernel's `int`; most
/// drivers have a lower one.
public struct MTU: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// The size in bytes.
    public let value: UInt32

    /// Creates an MTU from a size in bytes.
    public init(_ value: UInt32) throws(InvalidValue) {
        guard Self.range.contains(value) else { throw Self.invalid("\(value)") }
        self.value = value
    }

    /// Parses a size in decimal digits.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        guard let value: UInt32 = NumberStyle.decimal.number(text), Self.range.contains(value) else {
            throw Self.invalid(text)
        }
        self.value = value
    }

    /// The size in decimal digits.
    public var description: String { String(value) }

    private static let range: ClosedRange<UInt32> = 68...2_147_483_647

    private static func invalid(_ text: some StringProtocol) -> InvalidValue {
        InvalidValue(text, isNot: "an MTU", expected: "\(range.lowerBound) to \(range.upperBound) bytes")
    }
}
