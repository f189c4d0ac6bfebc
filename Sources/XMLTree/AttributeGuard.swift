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
    guard bytes[start] == UInt8(ascii: "<") else { return false }
    var scanner = TagScanner(bytes, at: start)
    var count = 0
    while count <= limit, scanner.nextAttribute() != nil { count += 1 }
    return count > limit
}
