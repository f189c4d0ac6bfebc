/// The name or an alternative name of an interface: bytes, since the kernel does not ask for any encoding.
public struct LinkName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The bytes, without the NUL that ends them in the kernel.
    public let bytes: [UInt8]

    /// A name as the kernel gave it, or as it is to be asked for.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A name from a text.
    public init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// A name from a literal.
    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// The name as text; what is no UTF-8 comes out as replacement characters.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// A name that nobody can guess, for an interface on its way.
    public static func transient() -> LinkName {
        LinkName("hd" + String(UInt64.random(in: 1 << 48..<1 << 52), radix: 16))
    }

    /// Whether it looks like one of an interface on its way.
    public var isTransient: Bool { bytes.count == 15 && bytes.starts(with: "hd".utf8) }
}
