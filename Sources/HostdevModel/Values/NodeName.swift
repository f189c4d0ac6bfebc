/// The name that the kernel gives a device: `sg3`, `sdb`, `nst0`.
public struct NodeName: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let text: String

    /// A name from a document, a command line or sysfs.
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

    /// The name as it was given.
    public var description: String { text }
}
