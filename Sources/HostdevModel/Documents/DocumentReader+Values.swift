import XMLTree

extension DocumentReader {
    /// Returns the child of a name, or nil if there is none. Reports a second one.
    mutating func child(_ name: String, of element: XMLElement) -> XMLElement? {
        guard let first = element.child(name) else { return nil }
        for second in element.children(name).dropFirst() {
            error("a second <\(name)> in <\(element.name)>: only one is allowed", at: second)
        }
        return first
    }

    /// Returns the child of a name. Reports a missing or second one.
    mutating func requiredChild(_ name: String, of element: XMLElement) -> XMLElement? {
        guard let child = child(name, of: element) else {
            missing("<\(element.name)> has no <\(name)>: it is required", at: element)
            return nil
        }
        return child
    }

    /// Returns whether there is a child of a name. It has to be empty.
    mutating func flag(_ name: String, of element: XMLElement) -> Bool {
        guard let child = child(name, of: element) else { return false }
        checkNames(in: child, AllowedNames())
        return true
    }

    /// Returns the value of an attribute. Reports a missing one.
    mutating func requiredText(_ attribute: String, of element: XMLElement) -> String? {
        guard let text = element[attribute] else {
            missing("<\(element.name)> has no \(attribute)=: it is required", at: element)
            return nil
        }
        return text
    }

    /// Returns the value that the child of a name contains, or nil if there is no child. Reports an invalid value.
    mutating func value<Value: TextValue>(inside name: String, of element: XMLElement) -> Value? {
        guard let child = child(name, of: element) else { return nil }
        checkNames(in: child, AllowedNames(allowsText: true))
        return textValue(of: child)
    }

    /// Returns the value that the child of a name contains. Reports a missing child or an invalid value.
    mutating func requiredValue<Value: TextValue>(inside name: String, of element: XMLElement) -> Value? {
        guard let child = requiredChild(name, of: element) else { return nil }
        checkNames(in: child, AllowedNames(allowsText: true))
        return textValue(of: child)
    }

    /// Returns the value that an element contains. Reports an invalid value.
    mutating func textValue<Value: TextValue>(of element: XMLElement) -> Value? {
        do {
            return try Value(element.text)
        } catch {
            self.error("<\(element.name)>: \(error)", at: element)
            return nil
        }
    }

    /// Returns the value of an attribute, or nil if there is none. Reports an invalid value.
    mutating func value<Value: TextValue>(_ attribute: String, of element: XMLElement) -> Value? {
        guard let text = element[attribute] else { return nil }
        do {
            return try Value(text)
        } catch {
            self.error("\(attribute)=\(error)", at: attribute, of: element)
            return nil
        }
    }

    /// Returns the value of an attribute. Reports a missing or invalid one.
    mutating func requiredValue<Value: TextValue>(_ attribute: String, of element: XMLElement) -> Value? {
        requiredText(attribute, of: element) == nil ? nil : value(attribute, of: element)
    }

    /// Returns the value of the only attribute that the child of a name may have, or nil if there is no child.
    mutating func value<Value: TextValue>(_ attribute: String, ofChild name: String, of element: XMLElement) -> Value? {
        guard let child = child(name, of: element) else { return nil }
        checkNames(in: child, AllowedNames(attributes: [attribute]))
        return requiredValue(attribute, of: child)
    }

    /// Returns the word of an attribute from a list of words, or nil if there is no attribute. Reports any other word.
    mutating func word<Word: CaseIterable & RawRepresentable<String>>(
        _ attribute: String, of element: XMLElement
    ) -> Word? {
        guard let text = element[attribute] else { return nil }
        if let word = Word(rawValue: text) { return word }
        checkWord(text, attribute, of: element, among: Word.allCases.map(\.rawValue))
        return nil
    }

    /// Returns the word of an attribute from a list of words. Reports a missing attribute or any other word.
    mutating func requiredWord<Word: CaseIterable & RawRepresentable<String>>(
        _ attribute: String, of element: XMLElement
    ) -> Word? {
        requiredText(attribute, of: element) == nil ? nil : word(attribute, of: element)
    }

    /// Reports a word that is not in a list of words.
    mutating func checkWord(_ text: String, _ attribute: String, of element: XMLElement, among allowed: [String]) {
        if allowed.contains(text) { return }
        let hint = nearestWord(to: text, among: allowed).map { "did you mean '\($0)'?" }
        let rule = hint ?? allowedList(allowed.map { "'\($0)'" })
        error("\(attribute)=\(quoted(text)) is not known: \(rule)", at: attribute, of: element)
    }

    /// Returns whether an attribute is `yes`, or nil if there is none. Reports anything but `yes` and `no`.
    mutating func yesOrNo(_ attribute: String, of element: XMLElement) -> Bool? {
        let word: YesOrNo? = word(attribute, of: element)
        return word.map { $0 == .yes }
    }

    /// Returns the number of an attribute, or nil if there is none. Reports an invalid number.
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

    /// Returns the number of an attribute. Reports a missing attribute or an invalid number.
    mutating func requiredNumber<Number: FixedWidthInteger & UnsignedInteger>(
        _ attribute: String, of element: XMLElement, _ style: NumberStyle, in range: ClosedRange<Number> = 0...(.max)
    ) -> Number? {
        requiredText(attribute, of: element) == nil ? nil : number(attribute, of: element, style, in: range)
    }

    /// Returns a value that is made of several parts. Reports the error of its initializer at an attribute, or at the
    /// element if no attribute is given.
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

/// The text of an element, without any restriction.
struct PlainText: TextValue {
    let text: String

    init(_ text: some StringProtocol) {
        self.text = String(text)
    }
}

/// The decimal number that an element contains.
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
    /// Returns the text of the child of a name, or nil if there is none.
    mutating func text(inside name: String, of element: XMLElement) -> String? {
        let text: PlainText? = value(inside: name, of: element)
        return text?.text
    }

    /// Returns the decimal number in the child of a name, or nil if there is no child. Reports an invalid number.
    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        inside name: String, of element: XMLElement
    ) -> Number? {
        let number: DecimalNumber<Number>? = value(inside: name, of: element)
        return number?.number
    }

    /// Returns the decimal number in the child of a name. Reports a missing child or an invalid number.
    mutating func requiredNumber<Number: FixedWidthInteger & UnsignedInteger>(
        inside name: String, of element: XMLElement
    ) -> Number? {
        let number: DecimalNumber<Number>? = requiredValue(inside: name, of: element)
        return number?.number
    }
}
