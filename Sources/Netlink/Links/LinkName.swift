internal import ByteStrings

/// The name or an alternative name of an interface: bytes, since the kernel requires no encoding.
public struct LinkName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The bytes, without the NUL that ends them in the kernel.
    public let bytes: [UInt8]

    /// A name from its bytes.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The name that a text stands for: ``ByteString``.
    public init(_ text: String) {
        bytes = ByteString(text).bytes
    }

    /// A name from a literal.
    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// The text that stands for the name. ``init(_:)`` reads it back.
    public var description: String { ByteString(bytes: bytes).text }

    /// Returns a random name for an interface that is between two names. Nobody can guess it and take it first.
    public static func temporaryName() -> LinkName {
        LinkName(prefix + String(UInt64.random(in: 1 << 48..<1 << 52), radix: 16))
    }

    /// Whether it looks like a ``temporaryName()``.
    public var isTemporary: Bool { bytes.count == 15 && bytes.starts(with: Self.prefix.utf8) }

    private static let prefix = "hd"
}
