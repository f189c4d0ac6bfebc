/// A name that the user gives a hostdev, unique in its container, for example `ua-uplink`.
public struct Alias: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let text: String

    /// Parses an alias: 1 to 255 ASCII letters, digits, `-` and `_`.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else {
            throw InvalidValue(
                text, isNot: "an alias", expected: "1 to 255 letters (a to z, A to Z), digits, '-' and '_'")
        }
        self.text = String(text)
    }

    /// The alias.
    public var description: String { text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
