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
