/// Iterates over the attributes of a well-formed start tag, or of an XML declaration.
struct TagScanner {
    private let bytes: [UInt8]
    private var offset: Int

    /// Creates a scanner. The offset is anywhere before the white space that follows the name of the tag.
    init(_ bytes: [UInt8], at offset: Int) {
        self.bytes = bytes
        self.offset = offset
        skip { !$0.isWhiteSpace && !$0.endsTag }
    }

    /// Returns the byte ranges of the name and the value of the next attribute, or nil at the end of the tag.
    mutating func nextAttribute() -> (name: Range<Int>, value: Range<Int>)? {
        skip { $0.isWhiteSpace }
        let start = offset
        skip { !$0.isWhiteSpace && $0 != UInt8(ascii: "=") && !$0.endsTag }
        let name = start..<offset
        guard !name.isEmpty else { return nil }
        skip { !$0.isQuote }
        guard offset < bytes.count else { return nil }
        let quote = bytes[offset]
        offset += 1
        let valueStart = offset
        skip { $0 != quote }
        let value = valueStart..<offset
        offset += 1
        return (name, value)
    }

    private mutating func skip(while condition: (UInt8) -> Bool) {
        while offset < bytes.count, condition(bytes[offset]) { offset += 1 }
    }
}

extension UInt8 {
    /// Whether the byte is white space in XML 1.0.
    var isWhiteSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
    fileprivate var isQuote: Bool { self == UInt8(ascii: "'") || self == UInt8(ascii: "\"") }
    fileprivate var endsTag: Bool {
        self == UInt8(ascii: ">") || self == UInt8(ascii: "/") || self == UInt8(ascii: "?")
    }
}

/// Returns the offset of the first start tag with more attributes than the limit, or nil if there is none.
///
/// This runs before the parser: some versions of libxml2 compare each attribute of an element with all others, which
/// would take hours for a document of the maximum size. A tag cannot contain `<`, so there is at most one tag between
/// two of them. Only a tag with enough equals signs is scanned.
func offsetOfOverloadedTag(_ bytes: [UInt8], limit: Int) -> Int? {
    var start = 0
    var equalsSigns = 0
    for (offset, byte) in bytes.enumerated() {
        if byte == UInt8(ascii: "=") {
            equalsSigns += 1
        } else if byte == UInt8(ascii: "<") {
            if equalsSigns > limit, hasAttributes(bytes, at: start, moreThan: limit) { return start }
            start = offset
            equalsSigns = 0
        }
    }
    return equalsSigns > limit && hasAttributes(bytes, at: start, moreThan: limit) ? start : nil
}

private func hasAttributes(_ bytes: [UInt8], at start: Int, moreThan limit: Int) -> Bool {
    guard bytes[start...].first == UInt8(ascii: "<"), let next = bytes[start...].dropFirst().first,
        next != UInt8(ascii: "!"), next != UInt8(ascii: "?")
    else { return false }
    var scanner = TagScanner(bytes, at: start)
    var count = 0
    while count <= limit, scanner.nextAttribute() != nil { count += 1 }
    return count > limit
}
