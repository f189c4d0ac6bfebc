/// Why a text is not a value of a type: what is wrong with it, and what is allowed.
public struct InvalidValue: Error, Hashable, CustomStringConvertible {
    /// A sentence without a full stop: `'eth/0' is not an interface name: expected …`.
    public let message: String

    init(_ text: some StringProtocol, isNot kind: String, expected: String) {
        self.message = "\(quoted(text)) is not \(kind): expected \(expected)"
    }

    /// The message.
    public var description: String { message }
}

/// A text in single quotes, short and on one line whatever it holds.
func quoted(_ text: some StringProtocol) -> String {
    let limit = 80
    var shown = "'"
    for scalar in text.unicodeScalars.prefix(limit) {
        if scalar.value < 0x20 || scalar.value == 0x7F {
            shown += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
            shown.unicodeScalars.append(scalar)
        }
    }
    return shown + (text.unicodeScalars.count > limit ? "…'" : "'")
}

/// A value that is read from the text of an attribute or an element.
protocol TextValue {
    init(_ text: some StringProtocol) throws(InvalidValue)
}
