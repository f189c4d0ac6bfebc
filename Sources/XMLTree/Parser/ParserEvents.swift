import CLibXML2

/// References to characters and to XML's own five entities are resolved; there can be no others without a document
/// type, which the handler refuses. Our own limits are tighter than the ones that XML_PARSE_HUGE lifts, and the
/// bytes are UTF-8 whatever their declaration says.
var parserOptions: Int32 {
    [XML_PARSE_NOENT, XML_PARSE_NONET, XML_PARSE_HUGE, XML_PARSE_IGNORE_ENC]
        .reduce(0) { $0 | numericCast($1.rawValue) }
}

/// What libxml2 calls while it reads. Each receiver is the `TreeBuilder` that runs the parser.
func eventHandler() -> xmlSAXHandler {
    var handler = unsafe xmlSAXHandler()
    unsafe handler.initialized = UInt32(XML_SAX2_MAGIC)
    unsafe handler.startElementNs = { receiver, name, prefix, namespace, namespaceCount, _, count, _, attributes in
        let name = unsafe QualifiedName(local: name, prefix: prefix)
        let tag = unsafe StartTag(
            name, namespace: namespace, namespaceCount: namespaceCount, attributeCount: count, attributes: attributes)
        unsafe builder(receiver).pointee.start(tag)
    }
    unsafe handler.endElementNs = { receiver, _, _, _ in unsafe builder(receiver).pointee.end() }
    unsafe handler.characters = { receiver, start, count in
        unsafe builder(receiver).pointee.add(text: UnsafeBufferPointer(start: start, count: Int(count)))
    }
    unsafe handler.processingInstruction = { receiver, _, _ in unsafe builder(receiver).pointee.countNames() }
    unsafe handler.internalSubset = { receiver, _, _, _ in unsafe builder(receiver).pointee.documentType() }
    unsafe handler.serror = { receiver, error in
        guard let error: hostdev_xml_error = unsafe error, unsafe error.pointee.level == XML_ERR_FATAL else { return }
        let message = unsafe error.pointee.message.map { unsafe String(cString: $0) } ?? "error \(error.pointee.code)"
        unsafe builder(receiver).pointee.error(message.filter { !$0.isNewline })
    }
    return unsafe handler
}

private func builder(_ receiver: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<TreeBuilder> {
    guard let receiver = unsafe receiver else { preconditionFailure("libxml2 lost the receiver of its events") }
    return unsafe receiver.assumingMemoryBound(to: TreeBuilder.self)
}

/// A name as libxml2 gives it; it keeps the bytes as long as the parser lives.
@safe struct QualifiedName {
    let local: UnsafePointer<xmlChar>?
    let prefix: UnsafePointer<xmlChar>?
}

/// A start tag as libxml2 gives it, valid while it is being reported.
@safe struct StartTag {
    let name: QualifiedName
    let attributeCount: Int
    /// How many namespaces the tag declares.
    let namespaceCount: Int
    private let namespaceName: UnsafePointer<xmlChar>?
    /// Five pointers for each attribute, to its name, prefix and namespace, and to both ends of its value.
    private let attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?

    init(
        _ name: QualifiedName, namespace: UnsafePointer<xmlChar>?, namespaceCount: Int32, attributeCount: Int32,
        attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        self.name = name
        self.attributeCount = Int(attributeCount)
        self.namespaceCount = Int(namespaceCount)
        unsafe self.namespaceName = unsafe namespace
        unsafe self.attributes = unsafe attributes
    }

    var isForeign: Bool { unsafe namespaceName != nil || name.prefix != nil }

    var namespace: String? { unsafe namespaceName.map { unsafe String(cString: $0) } }

    func attributeName(_ index: Int) -> QualifiedName {
        unsafe QualifiedName(local: field(0, of: index), prefix: field(1, of: index))
    }

    func attributeValue(_ index: Int) -> String {
        guard let start = unsafe field(3, of: index), let end = unsafe field(4, of: index) else { return "" }
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
    }

    private func field(_ field: Int, of index: Int) -> UnsafePointer<xmlChar>? {
        precondition(index < attributeCount)
        return unsafe attributes?[5 * index + field]
    }
}

/// Makes strings of libxml2's names.
///
/// libxml2 keeps each name once and always gives the same pointer for it. A document says a few names over and over,
/// so most of them are here already.
struct NameCache {
    private var entries = [(address: UInt, name: String)](repeating: (0, ""), count: 64)

    mutating func name(_ name: QualifiedName) -> String {
        guard let local = unsafe name.local else { preconditionFailure("libxml2 lost a name") }
        if let prefix = unsafe name.prefix { return unsafe String(cString: prefix) + ":" + String(cString: local) }
        let address = UInt(bitPattern: local)
        let index = Int((address ^ address >> 6) % 64)
        if entries[index].address != address { entries[index] = unsafe (address, String(cString: local)) }
        return entries[index].name
    }
}
