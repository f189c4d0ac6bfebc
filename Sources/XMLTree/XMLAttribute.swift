internal import ByteStrings

/// An attribute of an element. Two are equal when all bytes of name and value are.
public struct XMLAttribute: Hashable, Sendable {
    /// The name as it is written, prefix and all.
    public var name: String
    /// The value, with references resolved and white space made spaces, as XML 1.0 asks.
    public var value: String

    /// An attribute built in code.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether the attribute belongs to somebody else's vocabulary.
    public var isForeign: Bool { name.utf8.contains(UInt8(ascii: ":")) }
}

extension XMLAttribute {
    /// Whether the bytes of name and value are the same.
    public static func == (one: XMLAttribute, other: XMLAttribute) -> Bool {
        ByteString(one.name) == ByteString(other.name) && ByteString(one.value) == ByteString(other.value)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(name))
        hasher.combine(ByteString(value))
    }
}
