/// Walks over the attributes of one well-formed start tag, or of an XML declaration.
struct TagScanner {
    private let bytes: [UInt8]
    private var offset: Int

    /// A scanner that starts anywhere before the white space behind the tag's name.
    init(_ bytes: [UInt8], at offset: Int) {
        self.bytes = bytes
        self.offset = offset
        skip { !$0.isWhiteSpace && !$0.endsTag }
    }

    /// The bytes of the next attribute's name and value, nil at the end of the tag.
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
    /// What XML 1.0 calls white space.
    var isWhiteSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
    fileprivate var isQuote: Bool { self == UInt8(ascii: "'") || self == UInt8(ascii: "\"") }
    fileprivate var endsTag: Bool {
        self == UInt8(ascii: ">") || self == UInt8(ascii: "/") || self == UInt8(ascii: "?")
    }
}

/// Where an element has more attributes than a document may have on one, before the parser sees it.
///
/// Some versions of libxml2 compare each attribute of an element with all the others, which takes hours for as many as
/// fit into a document of the largest size. No `<` can stand inside a tag, so what stands between two of them is at
/// most one tag; the few that hold enough equals signs are looked at closely.
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
