/// The elements directly inside an element, or those of one name among them, in document order.
public struct XMLChildren: Sequence, IteratorProtocol, Sendable {
    private let document: XMLDocument
    private let name: String?
    private var following: Int?

    init(of element: XMLElement, name: String? = nil) {
        self.document = element.document
        self.name = name
        self.following = document.firstElement(from: document.elements[element.index].firstChild, named: name)
    }

    /// The next one, nil behind the last.
    public mutating func next() -> XMLElement? {
        guard let place = following else { return nil }
        following = document.firstElement(from: document.elements[place].nextSibling, named: name)
        return XMLElement(document: document, index: place)
    }
}

extension XMLDocument {
    /// The place of the first element of a name, and in no namespace, among an element and the ones behind it.
    func firstElement(from start: Int?, named name: String?) -> Int? {
        guard let name else { return start }
        var place = start
        while let candidate = place, elements[candidate].isForeign || elements[candidate].name != name {
            place = elements[candidate].nextSibling
        }
        return place
    }
}
