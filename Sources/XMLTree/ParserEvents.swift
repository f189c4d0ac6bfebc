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
    unsafe handler.startElementNs = { receiver, name, prefix, namespace, _, _, count, _, attributes in
        unsafe builder(receiver).start(
            qualified(name, prefix), namespace: namespace.map { unsafe String(cString: $0) },
            attributes: (0..<Int(count)).map { unsafe attribute(attributes, $0) })
    }
    unsafe handler.endElementNs = { receiver, _, _, _ in unsafe builder(receiver).end() }
    unsafe handler.characters = { receiver, start, count in
        unsafe builder(receiver).text(text(start, count: Int(count)))
    }
    unsafe handler.internalSubset = { receiver, _, _, _ in unsafe builder(receiver).documentType() }
    unsafe handler.serror = { receiver, error in
        guard let error: hostdev_xml_error = unsafe error, unsafe error.pointee.level == XML_ERR_FATAL else { return }
        let message = unsafe error.pointee.message.map { unsafe String(cString: $0) } ?? "error \(error.pointee.code)"
        unsafe builder(receiver).error(message.filter { !$0.isNewline })
    }
    return unsafe handler
}

private func builder(_ receiver: UnsafeMutableRawPointer?) -> TreeBuilder {
    guard let receiver = unsafe receiver else { preconditionFailure("libxml2 lost the receiver of its events") }
    return unsafe Unmanaged<TreeBuilder>.fromOpaque(receiver).takeUnretainedValue()
}

/// The attribute at an index of libxml2's list: five pointers each, to name, prefix, namespace, and both ends of the
/// value.
private func attribute(_ list: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ index: Int) -> XMLAttribute {
    guard let fields = unsafe list.map({ unsafe $0 + 5 * index }), let start = unsafe fields[3],
        let end = unsafe fields[4]
    else { preconditionFailure("libxml2 lost an attribute") }
    return unsafe XMLAttribute(qualified(fields[0], fields[1]), text(start, count: end - start))
}

private func qualified(_ name: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?) -> String {
    guard let name = unsafe name else { preconditionFailure("libxml2 lost a name") }
    guard let prefix = unsafe prefix else { return unsafe String(cString: name) }
    return unsafe String(cString: prefix) + ":" + String(cString: name)
}

private func text(_ start: UnsafePointer<xmlChar>?, count: Int) -> String {
    unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
}
