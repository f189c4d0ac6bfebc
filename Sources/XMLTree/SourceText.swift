/// The bytes of a document in checked UTF-8: what the parser is given, and what places are counted in.
///
/// The parser could convert other encodings by itself, but would then count places in neither text.
func sourceText(_ bytes: [UInt8]) throws(XMLError) -> [UInt8] {
    var text = bytes
    if let encoding = encoding(of: bytes) {
        guard let converted = convert(bytes, from: encoding) else {
            throw XMLError(position: .start, message: "the text is not \(encoding), or that encoding is not known")
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
private func encoding(of bytes: [UInt8]) -> String? {
    switch bytes.prefix(4) {
    case [0xFF, 0xFE, 0, 0], [0x3C, 0, 0, 0]: return "UTF-32LE"
    case [0, 0, 0xFE, 0xFF], [0, 0, 0, 0x3C]: return "UTF-32BE"
    case let start where start.starts(with: [0xFF, 0xFE]) || start == [0x3C, 0, 0x3F, 0]: return "UTF-16LE"
    case let start where start.starts(with: [0xFE, 0xFF]) || start == [0, 0x3C, 0, 0x3F]: return "UTF-16BE"
    default: break
    }
    guard let declared = declaredEncoding(bytes) else { return nil }
    return ["utf-8", "utf8", "us-ascii", "ascii"].contains(declared.lowercased()) ? nil : declared
}

/// The encoding that an XML declaration names.
private func declaredEncoding(_ bytes: [UInt8]) -> String? {
    let start = "<?xml".utf8
    guard bytes.starts(with: start) else { return nil }
    var scanner = TagScanner(bytes, at: start.count)
    while let attribute = scanner.nextAttribute() {
        if bytes[attribute.name].elementsEqual("encoding".utf8) {
            return String(decoding: bytes[attribute.value], as: UTF8.self)
        }
    }
    return nil
}
