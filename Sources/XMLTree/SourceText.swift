/// The bytes of a document as UTF-8, checked: what the parser is given, and what places are counted in.
func utf8(_ bytes: [UInt8]) throws(XMLError) -> [UInt8] {
    if let zero = bytes.firstIndex(of: 0) {
        throw XMLError(
            position: XMLPositionIndex(bytes).position(at: zero),
            message: "a NUL byte cannot stand in a document, which is text in UTF-8")
    }
    do {
        _ = try UTF8Span(validating: bytes.span)
    } catch {
        throw XMLError(
            position: XMLPositionIndex(bytes).position(at: error.byteOffsets.lowerBound),
            message: "the text is not UTF-8 from here on")
    }
    return bytes
}
