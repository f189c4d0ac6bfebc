import XMLTree

extension XMLElement {
    /// The hostdev elements of a document with this root, in the order of the document.
    var hostdevElements: [XMLElement] {
        switch name {
        case "hostdev": [self]
        case "devices": Array(children("hostdev"))
        default: children("devices").flatMap(\.hostdevElements)
        }
    }
}
