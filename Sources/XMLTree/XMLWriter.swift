/// Writes elements: single quotes, two spaces for each level, everything escaped that could be misread.
struct XMLWriter {
    private(set) var output = ""
    private let margin: String

    /// A writer whose lines, but for the first, start behind a margin.
    init(margin: String) {
        self.margin = margin
    }

    mutating func write(_ element: XMLNode, depth: Int = 0) throws(XMLError) {
        put("<")
        put(element.name)
        for attribute in element.attributes {
            put(" ")
            put(attribute.name)
            put("='")
            try escape(attribute.value, inAttribute: true)
            put("'")
        }
        guard !element.children.isEmpty || !element.text.isEmpty else { return put("/>") }
        put(">")
        try escape(element.text, inAttribute: false)
        for child in element.children {
            newLine(depth + 1)
            try write(child, depth: depth + 1)
        }
        if !element.children.isEmpty { newLine(depth) }
        put("</")
        put(element.name)
        put(">")
    }

    private mutating func newLine(_ depth: Int) {
        put("\n")
        put(margin)
        for _ in 0..<depth { put("  ") }
    }

    private mutating func put(_ text: String) {
        output += text
    }

    private mutating func escape(_ text: String, inAttribute: Bool) throws(XMLError) {
        // Most values are printable ASCII without any of `"&'<>`, and go out as they are.
        let isPlain = text.utf8.allSatisfy { byte in
            (0x20..<0x7F).contains(byte) && byte != 0x22 && byte != 0x26 && byte != 0x27 && byte != 0x3C && byte != 0x3E
        }
        guard !isPlain else { return put(text) }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": put("&amp;")
            case "<": put("&lt;")
            case ">": put("&gt;")
            case "'" where inAttribute: put("&apos;")
            case "\"" where inAttribute: put("&quot;")
            case "\t" where inAttribute: put("&#9;")  // a reader makes these spaces when they are not escaped
            case "\n" where inAttribute: put("&#10;")
            case "\r": put("&#13;")  // and this a line feed, everywhere
            case "\t", "\n", " "..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
                output.unicodeScalars.append(scalar)
            default:
                throw XMLError(
                    position: nil,
                    message: "the character U+\(String(scalar.value, radix: 16, uppercase: true)) cannot stand in XML")
            }
        }
    }
}

extension XMLNode {
    /// The element as text, without a line feed at the end.
    ///
    /// - Parameter margin: what stands before each line but the first.
    /// - Throws: when a value holds a character that XML has no way to write.
    public func xml(margin: String = "") throws(XMLError) -> String {
        var writer = XMLWriter(margin: margin)
        try writer.write(self)
        return writer.output
    }
}
