import XMLTree

extension XMLElement {
    /// The hostdev elements of a document with this root, in the order of the document.
    var hostdevElements: [XMLElement] {
        switch name {
        case "hostdev": [self]
        case "devices": children.filter { $0.isNamed("hostdev") }
        default: children.filter { $0.isNamed("devices") }.flatMap(\.hostdevElements)
        }
    }
}
