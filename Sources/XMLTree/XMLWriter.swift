/// Writes elements with single quotes and an indentation of two spaces. Escapes every character that a parser would
/// change.
struct XMLWriter {
    private(set) var output = ""
    private let margin: String

    /// Creates a writer. Each line but the first starts with `margin`.
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
        // Most values are printable ASCII without any of `"&'<>`, and need no escaping.
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
            case "\t" where inAttribute: put("&#9;")  // a parser replaces unescaped ones by spaces
            case "\n" where inAttribute: put("&#10;")
            case "\r": put("&#13;")  // and this one by a line feed, also in text
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
    /// Returns the element as text without a line feed at the end.
    ///
    /// - Parameter margin: the text before each line but the first.
    /// - Throws: ``XMLError`` if a value contains a character that is not allowed in XML.
    public func xml(margin: String = "") throws(XMLError) -> String {
        var writer = XMLWriter(margin: margin)
        try writer.write(self)
        return writer.output
    }
}
