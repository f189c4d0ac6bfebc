/// What a document knows of one of its elements.
///
/// A document keeps them all in one array, in the order of their start tags, and they refer to each other by their
/// places there: to allocate each by itself would cost more than to read it. The numbers are small ones inside, since
/// a document has no more of anything than bytes, and half of the time goes into moving memory.
struct ElementRecord: Sendable {
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
