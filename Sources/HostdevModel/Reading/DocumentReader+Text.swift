import XMLTree

/// Any text, from inside an element.
struct PlainText: TextValue {
    let text: String

    init(_ text: some StringProtocol) {
        self.text = String(text)
    }
}

/// A decimal number, from inside an element.
struct DecimalNumber<Number: FixedWidthInteger & UnsignedInteger>: TextValue {
    let number: Number

    init(_ text: some StringProtocol) throws(InvalidValue) {
        guard let number: Number = NumberStyle.decimal.number(text) else {
            throw InvalidValue(
                text, isNot: "a number from 0 to \(Number.max)", allowed: "are \(NumberStyle.decimal.rule)")
        }
        self.number = number
    }
}

extension DocumentReader {
    /// The text of the only element of a name; nil when there is none.
    mutating func text(inside name: String, of element: XMLElement) -> String? {
        let text: PlainText? = value(inside: name, of: element)
        return text?.text
    }

    /// The decimal number inside the only element of a name; nil when there is none, or when it is wrong, which is noted.
    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        inside name: String, of element: XMLElement
    ) -> Number? {
        let number: DecimalNumber<Number>? = value(inside: name, of: element)
        return number?.number
    }

    /// The decimal number inside the only element of a name; that there is none, or that it is wrong, is noted.
    mutating func requiredNumber<Number: FixedWidthInteger & UnsignedInteger>(
        inside name: String, of element: XMLElement
    ) -> Number? {
        let number: DecimalNumber<Number>? = requiredValue(inside: name, of: element)
        return number?.number
    }
}
