internal import ByteStrings

/// A name with one `%d` in it, such as `lan%d`: it stands for the lowest number that gives a free name.
public struct InterfaceNamePattern: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let pattern: ByteString

    /// A pattern from a document or a command line.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        let pattern = ByteString(text)
        let parts = pattern.bytes.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
        guard let packed = PackedName(pattern.bytes), packed.isInterfaceName, parts.count == 2,
            parts[1].first == UInt8(ascii: "d")
        else {
            throw InvalidValue(
                text, isNot: "an interface name pattern",
                allowed: "are 1 to 15 bytes with one '%d', without '/', ':' and white space")
        }
        self.pattern = pattern
    }

    /// The name for a number.
    ///
    /// - Throws: when the name would be longer than 15 bytes.
    public func name(_ number: UInt32) throws(InvalidValue) -> InterfaceName {
        let parts = pattern.bytes.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
        return try InterfaceName(bytes: parts[0] + Array(String(number).utf8) + parts[1].dropFirst())
    }

    /// The pattern as it was given.
    public var description: String { pattern.text }

    /// The same for a document; see ``ByteString/xmlText``.
    var xmlText: String { pattern.xmlText }
}
