internal import ByteStrings

/// An element to be written. Two elements are equal if their names, values and texts have the same bytes.
public struct XMLNode: Hashable, Sendable {
    /// The name, including a prefix.
    public var name: String
    /// The attributes in the order in which they are written.
    public var attributes: [XMLAttribute]
    /// The text, which is written before the child elements.
    public var text: String
    /// The child elements.
    public var children: [XMLNode]

    /// Creates an element.
    public init(_ name: String, _ attributes: [XMLAttribute] = [], text: String = "", children: [XMLNode] = []) {
        self.name = name
        self.attributes = attributes
        self.text = text
        self.children = children
    }
}

extension XMLNode {
    /// Compares the bytes of names, values and texts.
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

/// An attribute of an element. Two attributes are equal if their names and values have the same bytes.
public struct XMLAttribute: Hashable, Sendable {
    /// The name as written, including a prefix.
    public var name: String
    /// The value with references resolved and white space normalized to spaces, as XML 1.0 requires.
    public var value: String

    /// Creates an attribute.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether the name has a prefix.
    public var isForeign: Bool { name.utf8.contains(UInt8(ascii: ":")) }
}

extension XMLAttribute {
    /// Compares the bytes of names and values.
    public static func == (one: XMLAttribute, other: XMLAttribute) -> Bool {
        ByteString(one.name) == ByteString(other.name) && ByteString(one.value) == ByteString(other.value)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(name))
        hasher.combine(ByteString(value))
    }
}
