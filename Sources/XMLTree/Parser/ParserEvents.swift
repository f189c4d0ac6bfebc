import CLibXML2

/// The options of the parser.
///
/// Character references and the five entities of XML are resolved. There are no others, since the handler refuses a
/// document type. The limits of ``XMLDocument`` are tighter than those that XML_PARSE_HUGE removes. The encoding
/// declaration is ignored, since the bytes have been converted to UTF-8.
var parserOptions: Int32 {
    [XML_PARSE_NOENT, XML_PARSE_NONET, XML_PARSE_HUGE, XML_PARSE_IGNORE_ENC]
        .reduce(0) { $0 | numericCast($1.rawValue) }
}

/// Returns the callbacks for libxml2. The receiver of each call is the `TreeBuilder` that runs the parser.
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

/// A name from libxml2. The pointers are valid as long as the parser exists.
@safe struct QualifiedName {
    let local: UnsafePointer<xmlChar>?
    let prefix: UnsafePointer<xmlChar>?
}

/// A start tag from libxml2. The pointers are valid during the callback only.
@safe struct StartTag {
    let name: QualifiedName
    let attributeCount: Int
    /// The number of namespaces that the tag declares.
    let namespaceCount: Int
    private let namespaceName: UnsafePointer<xmlChar>?
    /// Five pointers for each attribute: name, prefix, namespace, start and end of the value.
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

/// Converts names from libxml2 to strings.
///
/// Libxml2 stores each name once and always passes the same pointer for it. Documents repeat a few names, so most
/// conversions are found in the cache.
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
