/// A name with one `%d` in it, such as `lan%d`: it stands for the lowest number that gives a free name.
public struct InterfaceNamePattern: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let text: String

    /// A pattern from a document or a command line.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        guard let packed = PackedName(text.utf8), packed.isInterfaceName,
            text.split(separator: "%", omittingEmptySubsequences: false).count == 2,
            let mark = text.firstIndex(of: "%"), text[mark...].hasPrefix("%d")
        else {
            throw InvalidValue(
                text, isNot: "an interface name pattern",
                allowed: "are 1 to 15 bytes with one '%d', without '/', ':' and white space")
        }
        self.text = String(text)
    }

    /// The name for a number.
    ///
    /// - Throws: when the name would be longer than 15 bytes.
    public func name(_ number: UInt32) throws(InvalidValue) -> InterfaceName {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        return try InterfaceName(parts[0] + String(number) + parts[1].dropFirst())
    }

    /// The pattern as it was given.
    public var description: String { text }
}
