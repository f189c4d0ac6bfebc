/// Returns the bytes of a document as valid UTF-8. They are the input of the parser, and positions refer to them.
///
/// The parser could convert other encodings itself, but its positions would then refer to neither text.
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

/// Returns the encoding to convert from, or nil for UTF-8, which is the default.
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
            position: .start, message: "the encoding is not known: expected UTF-8, UTF-16 or ISO-8859-1")
    }
}

/// Returns the encoding that the XML declaration names, or nil if it names none.
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

/// An encoding of a document other than UTF-8.
enum Encoding {
    case utf16(isBigEndian: Bool)
    case latin1

    /// Detects UTF-16 by the first bytes of a document, with or without a byte order mark.
    init?(startOf bytes: [UInt8]) {
        switch bytes.prefix(2) {
        case [0xFE, 0xFF], [0, UInt8(ascii: "<")]: self = .utf16(isBigEndian: true)
        case [0xFF, 0xFE], [UInt8(ascii: "<"), 0]: self = .utf16(isBigEndian: false)
        default: return nil
        }
    }

    /// Converts text from this encoding to UTF-8. Returns nil if the text is not valid in this encoding.
    func utf8(_ bytes: [UInt8]) -> [UInt8]? {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        switch self {
        case .latin1:
            let hadError = transcode(
                bytes.lazy.map(UInt32.init).makeIterator(), from: UTF32.self, to: UTF8.self, stoppingOnError: true
            ) { text.append($0) }
            return hadError ? nil : text
        case .utf16(let isBigEndian):
            guard bytes.count % 2 == 0 else { return nil }
            let (high, low) = isBigEndian ? (0, 1) : (1, 0)
            let units = stride(from: 0, to: bytes.count, by: 2).lazy.map { start in
                UInt16(bytes[start + high]) << 8 | UInt16(bytes[start + low])
            }
            let hadError = transcode(
                units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: true
            ) { text.append($0) }
            return hadError ? nil : text
        }
    }
}
