/// Takes a text apart from its front: numbers, and the characters between them.
struct TextScanner<Text: StringProtocol> {
    private let bytes: Text.UTF8View
    private var index: Text.UTF8View.Index

    init(_ text: Text) {
        bytes = text.utf8
        index = bytes.startIndex
    }

    var isAtEnd: Bool { index == bytes.endIndex }

    private var next: UInt8? { isAtEnd ? nil : bytes[index] }

    private mutating func advance() {
        bytes.formIndex(after: &index)
    }

    /// Whether a number with a leading zero comes next.
    var startsWithPaddedNumber: Bool {
        guard next == UInt8(ascii: "0") else { return false }
        var ahead = self
        ahead.advance()
        return ahead.next.flatMap { UInt8(digit: $0) } != nil
    }

    /// Takes a character, if it comes next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        advance()
        return true
    }

    /// Takes all the digits that come next: a number, if there are as many of them as asked for, and if the type
    /// holds it.
    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        radix: Number = 10, digits count: ClosedRange<Int> = 1...(.max)
    ) -> Number? {
        var number: Number = 0
        var taken = 0
        while let next, let digit = Number(digit: next), digit < radix {
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: radix)
            let (sum, isTooLargeNow) = product.addingReportingOverflow(digit)
            if isTooLarge || isTooLargeNow { return nil }
            number = sum
            taken += 1
            advance()
        }
        return count.contains(taken) ? number : nil
    }
}

extension FixedWidthInteger {
    /// The value of a digit in a radix up to 16; nil when it is none.
    fileprivate init?(digit: UInt8) {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self.init(digit - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self.init(digit - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self.init(digit - UInt8(ascii: "A") + 10)
        default: return nil
        }
    }
}

/// The number that a text says in digits alone.
func digits<Number: FixedWidthInteger & UnsignedInteger>(_ text: some StringProtocol, radix: Number) -> Number? {
    var scanner = TextScanner(text)
    guard let number: Number = scanner.number(radix: radix), scanner.isAtEnd else { return nil }
    return number
}
