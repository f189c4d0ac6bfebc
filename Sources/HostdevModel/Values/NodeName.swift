/// The kernel's name of a device, for example `sg3`, `sdb` or `nst0`.
public struct NodeName: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let text: String

    /// Parses a name.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        guard (1...255).contains(text.utf8.count), text != ".", text != "..",
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") })
        else {
            throw InvalidValue(
                text, isNot: "a device name",
                expected: "1 to 255 printable ASCII characters without '/' and white space, such as sg3")
        }
        self.text = String(text)
    }

    /// The name.
    public var description: String { text }
}
