/// An element of a document that was read.
///
/// It is a place in its document, which stays alive as long as one of its elements does.
public struct XMLElement: Sendable {
    let document: XMLDocument
    let index: Int

    /// The name as it is written, prefix and all: `hostdev`, `qemu:arg`.
    public var name: String { document.elements[index].name }

    /// The namespace that the prefix, or a default declaration, puts the element in.
    public var namespace: String? { document.namespaces[index] }

    /// Whether the element belongs to somebody else's vocabulary.
    public var isForeign: Bool { document.elements[index].isForeign }

    /// Whether the element has a name, and has it in no namespace.
    public func isNamed(_ name: String) -> Bool {
        document.elements[index].name == name && !document.elements[index].isForeign
    }

    /// The attributes in document order, without namespace declarations.
    public var attributes: ArraySlice<XMLAttribute> { document.attributes[document.elements[index].attributes] }

    /// The value of an attribute, nil when there is none of that name.
    public subscript(_ attribute: String) -> String? {
        for candidate in document.elements[index].attributes where document.attributes[candidate].name == attribute {
            return document.attributes[candidate].value
        }
        return nil
    }

    /// The elements directly inside this one, in document order.
    public var children: XMLChildren { XMLChildren(of: self) }

    /// The elements of a name directly inside this one, in no namespace and in document order.
    public func children(_ name: String) -> XMLChildren { XMLChildren(of: self, name: name) }

    /// The first element of a name directly inside this one, in no namespace.
    public func child(_ name: String) -> XMLElement? {
        let place = document.firstElement(from: document.elements[index].firstChild, named: name)
        return place.map { XMLElement(document: document, index: $0) }
    }

    /// The elements directly inside this one whose names are not among some, in document order.
    public func children(except names: [String]) -> [XMLElement] {
        var found: [XMLElement] = []
        var child = document.elements[index].firstChild
        while let place = child {
            if !names.contains(document.elements[place].name) {
                found.append(XMLElement(document: document, index: place))
            }
            child = document.elements[place].nextSibling
        }
        return found
    }

    /// Whether all the names of its attributes are among some.
    public func hasAttributes(onlyFrom names: [String]) -> Bool {
        document.elements[index].attributes.allSatisfy { names.contains(document.attributes[$0].name) }
    }

    /// The character data directly inside, untouched but for white space between elements, which is dropped.
    public var text: String { document.elements[index].text.map { document.texts[$0] } ?? "" }

    /// The bytes of the document that the element covers, from its `<` to behind its last `>`.
    public var range: Range<Int> { document.elements[index].range }
}

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
