/// What a document knows of one of its elements.
///
/// A document keeps them all in one array, in the order of their start tags, and they refer to each other by their
/// places there: to allocate each by itself would cost more than to read it.
struct ElementRecord: Sendable {
    /// The place of an element that there is not.
    static let none = -1

    let name: String
    /// Whether the element is in a namespace, or has a prefix.
    let isForeign: Bool
    /// The places of its attributes among those of the document.
    let attributes: Range<Int>
    var text = ""
    /// The bytes of the document that it covers.
    var range: Range<Int>
    var firstChild = none
    var nextSibling = none
}
