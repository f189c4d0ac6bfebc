/// An element of a document that was read.
///
/// It is a place in its document, which stays alive as long as one of its elements does.
public struct XMLElement: Sendable {
    let document: XMLDocument
    let index: Int

    private var record: ElementRecord { document.elements[index] }

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
    public var children: XMLChildren { XMLChildren(document: document, first: document.elements[index].firstChild) }

    /// The first element of a name inside this one, in no namespace.
    public func child(_ name: String) -> XMLElement? {
        for child in children where child.isNamed(name) { return child }
        return nil
    }

    /// The character data directly inside, untouched but for white space between elements, which is dropped.
    public var text: String { document.elements[index].text }

    /// The bytes of the document that the element covers, from its `<` to behind its last `>`.
    public var range: Range<Int> { document.elements[index].range }
}
