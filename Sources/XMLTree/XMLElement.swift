/// An element of a parsed document. It keeps the document alive.
public struct XMLElement: Sendable {
    let document: XMLDocument
    let index: Int

    /// The name as written, including a prefix, for example `hostdev` or `qemu:arg`.
    public var name: String { document.elements[index].name }

    /// The namespace of the element, or nil if it is in none.
    public var namespace: String? { document.namespaces[index] }

    /// Whether the element is in a namespace, or has a prefix.
    public var isForeign: Bool { document.elements[index].isForeign }

    /// Returns whether the element has a name and is in no namespace.
    public func isNamed(_ name: String) -> Bool {
        document.elements[index].name == name && !document.elements[index].isForeign
    }

    /// The attributes in document order, without namespace declarations.
    public var attributes: ArraySlice<XMLAttribute> { document.attributes[document.elements[index].attributes] }

    /// The value of an attribute, or nil if there is none of that name.
    public subscript(_ attribute: String) -> String? {
        for candidate in document.elements[index].attributes where document.attributes[candidate].name == attribute {
            return document.attributes[candidate].value
        }
        return nil
    }

    /// The child elements in document order.
    public var children: XMLChildren { XMLChildren(of: self) }

    /// Returns the child elements of a name in no namespace, in document order.
    public func children(_ name: String) -> XMLChildren { XMLChildren(of: self, name: name) }

    /// Returns the first child element of a name in no namespace, or nil if there is none.
    public func child(_ name: String) -> XMLElement? {
        let place = document.firstElement(from: document.elements[index].firstChild, named: name)
        return place.map { XMLElement(document: document, index: $0) }
    }

    /// Returns the child elements whose names are not in a list, in document order.
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

    /// Returns whether the names of all attributes are in a list.
    public func hasAttributes(onlyFrom names: [String]) -> Bool {
        document.elements[index].attributes.allSatisfy { names.contains(document.attributes[$0].name) }
    }

    /// The text of the element itself, without white space between child elements.
    public var text: String { document.elements[index].text.map { document.texts[$0] } ?? "" }

    /// The byte range of the element in the document, from its first `<` to its last `>`.
    public var range: Range<Int> { document.elements[index].range }
}

/// The child elements of an element, all or those of one name, in document order.
public struct XMLChildren: Sequence, IteratorProtocol, Sendable {
    private let document: XMLDocument
    private let name: String?
    private var following: Int?

    init(of element: XMLElement, name: String? = nil) {
        self.document = element.document
        self.name = name
        self.following = document.firstElement(from: document.elements[element.index].firstChild, named: name)
    }

    /// Returns the next element, or nil after the last one.
    public mutating func next() -> XMLElement? {
        guard let place = following else { return nil }
        following = document.firstElement(from: document.elements[place].nextSibling, named: name)
        return XMLElement(document: document, index: place)
    }
}

extension XMLDocument {
    /// Returns the index of the first element of a name in no namespace, starting at an element and continuing with its
    /// siblings.
    func firstElement(from start: Int?, named name: String?) -> Int? {
        guard let name else { return start }
        var place = start
        while let candidate = place, elements[candidate].isForeign || elements[candidate].name != name {
            place = elements[candidate].nextSibling
        }
        return place
    }
}
