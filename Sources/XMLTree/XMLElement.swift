/// An element: read from a document, or built in code to be written.
///
/// Two elements are equal when they say the same; where they stand in a document does not count.
public struct XMLElement: Sendable {
    /// The name as it is written, prefix and all: `hostdev`, `qemu:arg`.
    public var name: String
    /// The namespace that the prefix, or a default declaration, puts the element in.
    public var namespace: String?
    /// The attributes in document order, without namespace declarations.
    public var attributes: [XMLAttribute]
    /// The elements inside this one, in document order.
    public var children: [XMLElement]
    /// The character data directly inside, untouched but for white space between elements, which is dropped.
    public var text: String
    /// The UTF-8 bytes of the document that the element covers, from its `<` to behind its last `>`.
    /// Empty for an element built in code.
    public internal(set) var range: Range<Int>

    /// An element built in code.
    public init(
        _ name: String, _ attributes: [XMLAttribute] = [], text: String = "", children: [XMLElement] = []
    ) {
        self.name = name
        self.namespace = nil
        self.attributes = attributes
        self.children = children
        self.text = text
        self.range = 0..<0
    }

    /// Whether the element belongs to somebody else's vocabulary.
    public var isForeign: Bool { namespace != nil || name.utf8.contains(UInt8(ascii: ":")) }

    /// Whether the element has a name, and has it in no namespace.
    public func isNamed(_ name: String) -> Bool { self.name == name && namespace == nil }

    /// The value of an attribute, nil when there is none of that name.
    public subscript(_ attribute: String) -> String? {
        for candidate in attributes where candidate.name == attribute { return candidate.value }
        return nil
    }

    /// The first element of a name inside this one, in no namespace.
    public func child(_ name: String) -> XMLElement? {
        for candidate in children where candidate.isNamed(name) { return candidate }
        return nil
    }
}

extension XMLElement: Hashable {
    /// Whether both say the same, wherever they stand.
    public static func == (one: XMLElement, other: XMLElement) -> Bool {
        one.name == other.name && one.namespace == other.namespace && one.attributes == other.attributes
            && one.text == other.text && one.children == other.children
    }

    /// Feeds what the element says, not where.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(namespace)
        hasher.combine(attributes)
        hasher.combine(text)
        hasher.combine(children)
    }
}
