/// The elements directly inside an element, in document order.
public struct XMLChildren: Sequence, IteratorProtocol, Sendable {
    private let document: XMLDocument
    private var following: Int

    init(document: XMLDocument, first: Int) {
        self.document = document
        self.following = first
    }

    /// Whether there is none.
    public var isEmpty: Bool { following == ElementRecord.none }

    /// The next one, nil behind the last.
    public mutating func next() -> XMLElement? {
        guard following != ElementRecord.none else { return nil }
        let element = XMLElement(document: document, index: following)
        following = document.elements[following].nextSibling
        return element
    }
}
