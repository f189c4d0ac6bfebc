internal import ByteStrings

/// The name or an alternative name of an interface: bytes, since the kernel does not ask for any encoding.
public struct LinkName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The bytes, without the NUL that ends them in the kernel.
    public let bytes: [UInt8]

    /// A name as the kernel gave it, or as it is to be asked for.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The name for which a text stands.
    public init(_ text: String) {
        bytes = ByteString(text).bytes
    }

    /// A name from a literal.
    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// The text that stands for the name, from which ``init(_:)`` makes it again.
    public var description: String { ByteString(bytes: bytes).text }

    /// A name that nobody can guess, for an interface on its way.
    public static func temporaryName() -> LinkName {
        LinkName("hd" + String(UInt64.random(in: 1 << 48..<1 << 52), radix: 16))
    }

    /// Whether it looks like one of an interface on its way.
    public var isTemporary: Bool { bytes.count == 15 && bytes.starts(with: "hd".utf8) }
}
