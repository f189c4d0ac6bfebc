/// A parsed XML document with its elements and its text.
public final class XMLDocument: Sendable {
    /// The document in UTF-8. The ranges of the elements refer to it.
    public let bytes: [UInt8]
    let elements: [StoredElement]
    let attributes: [XMLAttribute]
    let texts: [String]
    /// The namespaces of the elements that are in one, by the index of the element.
    let namespaces: [Int: String]

    /// The maximum depth of nested elements.
    public static let nestingLimit = 256
    /// The maximum number of attributes of an element.
    public static let attributeLimit = 1_000
    /// The maximum number of namespaces in scope of an element.
    public static let namespaceLimit = 100
    /// The maximum number of different names in a document.
    public static let nameLimit = 10_000

    /// Parses a document. A document type is refused, and with it all entities but the five of XML. Nothing is loaded
    /// from files or the network.
    public init(parsing bytes: [UInt8]) throws(XMLError) {
        let bytes = try sourceText(bytes)
        guard !bytes.isEmpty else { throw XMLError(position: .start, message: "the document is empty") }
        if let offset = offsetOfOverloadedTag(bytes, limit: Self.attributeLimit) {
            throw XMLError(
                position: XMLPositionIndex(bytes).position(at: offset),
                message: "an element has more than \(Self.attributeLimit) attributes")
        }
        let tree = TreeBuilder.tree(of: bytes)
        if let failure = tree.failure {
            throw XMLError(position: XMLPositionIndex(bytes).position(at: failure.offset), message: failure.message)
        }
        guard !tree.elements.isEmpty else { throw XMLError(position: .start, message: "the document has no element") }
        self.bytes = bytes
        self.elements = tree.elements
        self.attributes = tree.attributes
        self.texts = tree.texts
        self.namespaces = tree.namespaces
    }

    /// The root element.
    public var root: XMLElement { XMLElement(document: self, index: 0) }

    /// An index of the lines and columns of the document.
    public var positions: XMLPositionIndex { XMLPositionIndex(bytes) }

    /// Returns the offsets of the names of an element's attributes, in the order of `attributes`.
    ///
    /// The parser does not report them. They are found by scanning the start tag, which is known to be well-formed.
    public func attributeOffsets(of element: XMLElement) -> [Int] {
        var scanner = TagScanner(bytes, at: element.range.lowerBound)
        var offsets: [Int] = []
        while let name = scanner.nextAttribute()?.name {
            if !bytes[name].isNamespaceDeclaration { offsets.append(name.lowerBound) }
        }
        return offsets
    }
}

extension ArraySlice<UInt8> {
    fileprivate var isNamespaceDeclaration: Bool {
        starts(with: "xmlns".utf8) && (count == 5 || self[startIndex + 5] == UInt8(ascii: ":"))
    }
}

/// An element as its document stores it.
///
/// A document stores all elements in one array, in the order of their start tags, and they refer to each other by their
/// indices: a memory allocation for each would cost more than parsing it. The indices have 32 bits, since half of the
/// time is spent on moving memory.
struct StoredElement: Sendable {
    let name: String
    private var start: Int32
    private var end: Int32
    private let attributesStart: Int32
    private let attributesEnd: Int32
    private var child: Int32 = -1
    private var sibling: Int32 = -1
    private var textPlace: Int32 = -1
    /// Whether the element is in a namespace, or has a prefix.
    let isForeign: Bool

    init(name: String, isForeign: Bool, attributes: Range<Int>, start: Int) {
        self.name = name
        self.isForeign = isForeign
        self.start = Int32(start)
        self.end = self.start
        self.attributesStart = Int32(attributes.lowerBound)
        self.attributesEnd = Int32(attributes.upperBound)
    }

    /// The indices of its attributes in the document.
    var attributes: Range<Int> { Int(attributesStart)..<Int(attributesEnd) }

    /// The byte range of the element in the document.
    var range: Range<Int> { Int(start)..<Int(end) }

    /// Sets the end of the element.
    mutating func close(at end: Int) {
        self.end = Int32(end)
    }

    /// The index of the first child, or nil if there is none.
    var firstChild: Int? {
        get { child < 0 ? nil : Int(child) }
        set { child = Int32(newValue ?? -1) }
    }

    /// The index of the next sibling, or nil if this is the last one.
    var nextSibling: Int? {
        get { sibling < 0 ? nil : Int(sibling) }
        set { sibling = Int32(newValue ?? -1) }
    }

    /// The index of its text in the document, or nil if it has none.
    var text: Int? {
        get { textPlace < 0 ? nil : Int(textPlace) }
        set { textPlace = Int32(newValue ?? -1) }
    }
}
