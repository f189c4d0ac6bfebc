/// A document that has been read: its elements, and its text for saying where they stand.
public final class XMLDocument: Sendable {
    /// The document's bytes in UTF-8, which the ranges of the elements count.
    public let bytes: [UInt8]
    let elements: [StoredElement]
    let attributes: [XMLAttribute]
    let texts: [String]
    /// The namespaces of the elements that are in one.
    let namespaces: [Int: String]

    /// How deep elements may stand in one another.
    public static let nestingLimit = 256
    /// How many attributes an element may have.
    public static let attributeLimit = 1_000
    /// How many namespaces may be declared on an element and around it.
    public static let namespaceLimit = 100
    /// How many different names a document may have.
    public static let nameLimit = 10_000

    /// Reads a document: strictly, with no document type, no entities but XML's own five, and no network.
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

    /// The outermost element.
    public var root: XMLElement { XMLElement(document: self, index: 0) }

    /// The lines and columns of the document.
    public var positions: XMLPositionIndex { XMLPositionIndex(bytes) }

    /// Where the names of an element's attributes start, in the order of `attributes`.
    ///
    /// The parser keeps no such places. They are found again in the start tag, which is known to be well-formed.
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

/// What a document knows of one of its elements.
///
/// A document keeps them all in one array, in the order of their start tags, and they refer to each other by their
/// places there: to allocate each by itself would cost more than to read it. The numbers are small ones inside, since
/// a document has no more of anything than bytes, and half of the time goes into moving memory.
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

    /// The places of its attributes among those of the document.
    var attributes: Range<Int> { Int(attributesStart)..<Int(attributesEnd) }

    /// The bytes of the document that it covers.
    var range: Range<Int> { Int(start)..<Int(end) }

    /// Says where the element ends.
    mutating func close(at end: Int) {
        self.end = Int32(end)
    }

    /// The place of its first child; nil when it has none.
    var firstChild: Int? {
        get { child < 0 ? nil : Int(child) }
        set { child = Int32(newValue ?? -1) }
    }

    /// The place of the element behind it in the same parent; nil when it is the last one.
    var nextSibling: Int? {
        get { sibling < 0 ? nil : Int(sibling) }
        set { sibling = Int32(newValue ?? -1) }
    }

    /// The place of its text among those of the document; nil when it has none.
    var text: Int? {
        get { textPlace < 0 ? nil : Int(textPlace) }
        set { textPlace = Int32(newValue ?? -1) }
    }
}
