internal import ByteStrings

/// An element to be written. Two are equal when all bytes of names, values and text are.
public struct XMLNode: Hashable, Sendable {
    /// The name, prefix and all.
    public var name: String
    /// The attributes, in the order in which they are written.
    public var attributes: [XMLAttribute]
    /// The text inside, before any elements.
    public var text: String
    /// The elements inside.
    public var children: [XMLNode]

    /// An element.
    public init(_ name: String, _ attributes: [XMLAttribute] = [], text: String = "", children: [XMLNode] = []) {
        self.name = name
        self.attributes = attributes
        self.text = text
        self.children = children
    }
}

extension XMLNode {
    /// Whether the bytes of names, values and text are the same.
    public static func == (one: XMLNode, other: XMLNode) -> Bool {
        ByteString(one.name) == ByteString(other.name) && ByteString(one.text) == ByteString(other.text)
            && one.attributes == other.attributes && one.children == other.children
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(name))
        hasher.combine(ByteString(text))
        hasher.combine(attributes)
        hasher.combine(children)
    }
}

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
