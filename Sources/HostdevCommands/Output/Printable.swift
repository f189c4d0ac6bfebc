/// What a container, a document or an engine chose is printed so that no terminal obeys it and no reader is misled: names,
/// paths, command lines, what the kernel or an engine says of them. All text goes through here line by line, whatever
/// it is about, so that nothing has to be remembered where it is put together.
extension String {
    /// The text on one line, as a terminal may have it: control characters as `\n` or `\x1b`, and what is not seen but
    /// changes what is (directions of writing, separators of lines, marks without a width) as `\u{202e}`.
    ///
    /// A backslash stays one: the names of systemd's groups have them. Who needs a name exactly asks for JSON.
    var printable: String {
        escaping { scalar in
            switch scalar {
            case "\t": "\\t"
            case "\n": "\\n"
            case "\r": "\\r"
            case ..<"\u{80}": "\\x" + hexadecimal(scalar.value, digits: 2)
            // What stands for a byte that is no text: ``ByteString/text``.
            case "\u{10FF80}"..."\u{10FFFF}": "\\x" + hexadecimal(scalar.value & 0xFF, digits: 2)
            default: "\\u{" + hexadecimal(scalar.value, digits: 1) + "}"
            }
        }
    }

    /// A JSON document of one line with the same characters in JSON's own way, `\u001b`: they are in its strings only.
    var printableJSON: String {
        escaping { scalar in
            String(scalar).utf16.map { "\\u" + hexadecimal(UInt32($0), digits: 4) }.joined()
        }
    }

    /// An XML document with the same characters in XML's own way, `&#x202e;`: they are in its values only. Its lines stay.
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
    /// Whether it is seen as itself. U+FFFD stands for bytes that were no text.
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
