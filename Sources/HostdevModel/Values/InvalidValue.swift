/// The reason why a value is not valid, and what was expected instead.
public struct InvalidValue: Error, Hashable, CustomStringConvertible {
    /// A sentence without a full stop, for example `'eth/0' is not an interface name: expected …`.
    public let message: String

    init(_ text: some StringProtocol, isNot kind: String, expected: String) {
        self.message = "\(quoted(text)) is not \(kind): expected \(expected)"
    }

    /// The message.
    public var description: String { message }
}

/// Returns the text in single quotes, with control characters escaped and with at most 80 characters.
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

/// A value that is parsed from the text of an attribute or an element.
protocol TextValue {
    init(_ text: some StringProtocol) throws(InvalidValue)
}
