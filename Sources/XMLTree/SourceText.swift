/// The bytes of a document as checked UTF-8: what the parser is given, and what places are counted in.
///
/// The parser could convert other encodings by itself, but would then count places in neither text.
func sourceText(_ bytes: [UInt8]) throws(XMLError) -> [UInt8] {
    var text = bytes
    if let encoding = try encoding(of: bytes) {
        guard let converted = encoding.utf8(bytes) else {
            throw XMLError(position: .start, message: "the text is not in UTF-16, as it says")
        }
        text = converted
    }
    if text.starts(with: byteOrderMark) { text.removeFirst(byteOrderMark.count) }
    if let zero = text.firstIndex(of: 0) {
        throw XMLError(
            position: XMLPositionIndex(text).position(at: zero), message: "a NUL byte cannot stand in a document")
    }
    do {
        _ = try UTF8Span(validating: text.span)
    } catch {
        throw XMLError(
            position: XMLPositionIndex(text).position(at: error.byteOffsets.lowerBound),
            message: "the text is not UTF-8 from here on")
    }
    return text
}

private let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

/// The encoding that is to be converted; nil for UTF-8, which a document is in when it says nothing else.
private func encoding(of bytes: [UInt8]) throws(XMLError) -> Encoding? {
    if let encoding = Encoding(startOf: bytes) { return encoding }
    guard let declared = declaredEncoding(bytes) else { return nil }
    switch declared.lowercased() {
    case "utf-8", "utf8", "us-ascii", "ascii": return nil
    case "iso-8859-1", "latin1": return .latin1
    case "utf-16", "utf-16le", "utf-16be":
        throw XMLError(position: .start, message: "the text is not in UTF-16, as it says")
    default:
        throw XMLError(
            position: .start, message: "the encoding is not known: allowed are UTF-8, UTF-16 and ISO-8859-1")
    }
}

/// The encoding that an XML declaration names.
private func declaredEncoding(_ bytes: [UInt8]) -> String? {
    let start = "<?xml".utf8
    guard bytes.starts(with: start), bytes.dropFirst(start.count).first?.isWhiteSpace == true else { return nil }
    var scanner = TagScanner(bytes, at: start.count)
    while let attribute = scanner.nextAttribute() {
        if bytes[attribute.name].elementsEqual("encoding".utf8) {
            return String(decoding: bytes[attribute.value], as: UTF8.self)
        }
    }
    return nil
}
