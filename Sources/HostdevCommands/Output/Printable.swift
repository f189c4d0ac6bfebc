// Escaping of all output.
//
// Names, paths and messages can be chosen by a container, a document or an engine. They must not control the terminal
// or mislead the reader. All output is escaped here, line by line, so that no other code has to remember it.
extension String {
    /// The text on one line with control characters escaped, for example `\n` or `\x1b`. Invisible characters that
    /// change the display (such as those for the writing direction or line separators) are escaped too, for example
    /// `\u{202e}`.
    ///
    /// A backslash is not escaped, since names of systemd's control groups contain it. JSON output is unambiguous.
    var printable: String {
        escaping { scalar in
            switch scalar {
            case "\t": "\\t"
            case "\n": "\\n"
            case "\r": "\\r"
            case ..<"\u{80}": "\\x" + hexadecimal(scalar.value, digits: 2)
            // A character that represents a byte: see ByteString.text.
            case "\u{10FF80}"..."\u{10FFFF}": "\\x" + hexadecimal(scalar.value & 0xFF, digits: 2)
            default: "\\u{" + hexadecimal(scalar.value, digits: 1) + "}"
            }
        }
    }

    /// A JSON document on one line with the same characters escaped as in JSON, for example `\u001b`.
    var printableJSON: String {
        escaping { scalar in
            String(scalar).utf16.map { "\\u" + hexadecimal(UInt32($0), digits: 4) }.joined()
        }
    }

    /// An XML document with the same characters escaped as in XML, for example `&#x202e;`. Line feeds stay.
    var printableXML: String {
        escaping { scalar in
            scalar == "\n" ? "\n" : "&#x" + hexadecimal(scalar.value, digits: 1) + ";"
        }
    }

    private func escaping(_ escape: (Unicode.Scalar) -> String) -> String {
        guard utf8.contains(where: { $0 < 0x20 || $0 > 0x7E }) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.isPrinted { text.unicodeScalars.append(scalar) } else { text += escape(scalar) }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether the character is printed unescaped.
    fileprivate var isPrinted: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}

private func hexadecimal(_ number: UInt32, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}
