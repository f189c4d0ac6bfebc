import XMLTree

extension DocumentReader {
    /// The only element of a name; nil when there is none. A second one is noted.
    mutating func child(_ name: String, of element: XMLElement) -> XMLElement? {
        guard let first = element.child(name) else { return nil }
        for second in element.children(name).dropFirst() {
            error("a second <\(name)> in <\(element.name)>: only one is allowed", at: second)
        }
        return first
    }

    /// The only element of a name; that there is none is noted.
    mutating func requiredChild(_ name: String, of element: XMLElement) -> XMLElement? {
        guard let child = child(name, of: element) else {
            missing("<\(element.name)> has no <\(name)>: it is required", at: element)
            return nil
        }
        return child
    }

    /// Whether there is an element of a name, which says all by standing there.
    mutating func flag(_ name: String, of element: XMLElement) -> Bool {
        guard let child = child(name, of: element) else { return false }
        checkNames(in: child, AllowedNames())
        return true
    }

    /// The text of an attribute; that there is none is noted.
    mutating func requiredText(_ attribute: String, of element: XMLElement) -> String? {
        guard let text = element[attribute] else {
            missing("<\(element.name)> has no \(attribute)=: it is required", at: element)
            return nil
        }
        return text
    }

    /// The value that is the text of the only element of a name; nil when there is none, or when it is wrong, which is
    /// noted.
    mutating func value<Value: TextValue>(inside name: String, of element: XMLElement) -> Value? {
        guard let child = child(name, of: element) else { return nil }
        checkNames(in: child, AllowedNames(allowsText: true))
        return textValue(of: child)
    }

    /// The value that is the text of the only element of a name; that there is none, or that it is wrong, is noted.
    mutating func requiredValue<Value: TextValue>(inside name: String, of element: XMLElement) -> Value? {
        guard let child = requiredChild(name, of: element) else { return nil }
        checkNames(in: child, AllowedNames(allowsText: true))
        return textValue(of: child)
    }

    /// The value that is the text of an element; nil when it is wrong, which is noted.
    mutating func textValue<Value: TextValue>(of element: XMLElement) -> Value? {
        do {
            return try Value(element.text)
        } catch {
            self.error("<\(element.name)>: \(error)", at: element)
            return nil
        }
    }

    /// The value of an attribute; nil when there is none, or when it is wrong, which is noted.
    mutating func value<Value: TextValue>(_ attribute: String, of element: XMLElement) -> Value? {
        guard let text = element[attribute] else { return nil }
        do {
            return try Value(text)
        } catch {
            self.error("\(attribute)=\(error)", at: attribute, of: element)
            return nil
        }
    }

    /// The value of an attribute; that there is none, or that it is wrong, is noted.
    mutating func requiredValue<Value: TextValue>(_ attribute: String, of element: XMLElement) -> Value? {
        requiredText(attribute, of: element) == nil ? nil : value(attribute, of: element)
    }

    /// The word of an attribute, from a list of words; nil when there is none, or another, which is noted.
    mutating func word<Word: CaseIterable & RawRepresentable<String>>(
        _ attribute: String, of element: XMLElement
    ) -> Word? {
        guard let text = element[attribute] else { return nil }
        if let word = Word(rawValue: text) { return word }
        checkWord(text, attribute, of: element, among: Word.allCases.map(\.rawValue))
        return nil
    }

    /// The word of an attribute, from a list of words; that there is none, or another, is noted.
    mutating func requiredWord<Word: CaseIterable & RawRepresentable<String>>(
        _ attribute: String, of element: XMLElement
    ) -> Word? {
        requiredText(attribute, of: element) == nil ? nil : word(attribute, of: element)
    }

    /// Notes a word that is not in a list of words.
    mutating func checkWord(_ text: String, _ attribute: String, of element: XMLElement, among allowed: [String]) {
        if allowed.contains(text) { return }
        let hint = nearestWord(to: text, among: allowed).map { "did you mean '\($0)'?" }
        let rule = hint ?? allowedList(allowed.map { "'\($0)'" })
        error("\(attribute)=\(quoted(text)) is not known: \(rule)", at: attribute, of: element)
    }

    /// Whether an attribute says `yes`; nil when there is none. Anything but `yes` and `no` is noted.
    mutating func yesOrNo(_ attribute: String, of element: XMLElement) -> Bool? {
        let word: YesOrNo? = word(attribute, of: element)
        return word.map { $0 == .yes }
    }

    /// The number of an attribute; nil when there is none, or when it is wrong, which is noted.
    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ attribute: String, of element: XMLElement, _ style: NumberStyle, in range: ClosedRange<Number> = 0...(.max)
    ) -> Number? {
        guard let text = element[attribute] else { return nil }
        if let number: Number = style.number(text), range.contains(number) { return number }
        error(
            "\(attribute)=\(quoted(text)) is not a number from \(style.text(range.lowerBound)) to "
                + "\(style.text(range.upperBound)): expected \(style.rule)",
            at: attribute, of: element)
        return nil
    }

    /// The number of an attribute; that there is none, or that it is wrong, is noted.
    mutating func requiredNumber<Number: FixedWidthInteger & UnsignedInteger>(
        _ attribute: String, of element: XMLElement, _ style: NumberStyle, in range: ClosedRange<Number> = 0...(.max)
    ) -> Number? {
        requiredText(attribute, of: element) == nil ? nil : number(attribute, of: element, style, in: range)
    }

    /// A value that is made of several parts; what its type has to say against it is noted, at an
    /// attribute if one is to blame, else at the element.
    mutating func checked<Value>(
        at attribute: String = "", of element: XMLElement, _ make: () throws(InvalidValue) -> Value
    ) -> Value? {
        do {
            return try make()
        } catch {
            self.error("\(error)", at: attribute, of: element)
            return nil
        }
    }
}

private enum YesOrNo: String, CaseIterable {
    case yes, no
}

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
                text, isNot: "a number from 0 to \(Number.max)", expected: "\(NumberStyle.decimal.rule)")
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
