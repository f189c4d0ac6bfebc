/// How a number is written in a document.
enum NumberStyle {
    /// Digits only.
    case decimal
    /// Decimal digits, leading zeros and all, or `0x` and hexadecimal digits: HAL's way with USB.
    case decimalUnlessPrefixed
    /// Hexadecimal digits, with `0x` or without: the way of `lspci`.
    case hexadecimal
    /// C's base 0, which libvirt reads: `0x1f`, octal `017`, decimal `15`.
    case cLiteral
    /// Octal digits: permission bits.
    case octal

    /// What is allowed, to be put into a message.
    var rule: String {
        switch self {
        case .decimal: "decimal digits"
        case .decimalUnlessPrefixed: "decimal digits, or 0x and hexadecimal digits"
        case .hexadecimal: "hexadecimal digits"
        case .octal: "octal digits"
        case .cLiteral: "decimal digits, 0x and hexadecimal digits, or 0 and octal digits"
        }
    }

    /// The form in which a limit is named.
    func text(_ limit: some BinaryInteger) -> String {
        switch self {
        case .decimal, .decimalUnlessPrefixed: String(limit)
        case .hexadecimal, .cLiteral: "0x" + String(limit, radix: 16)
        case .octal: "0" + String(limit, radix: 8)
        }
    }

    /// The number that a text says; nil when it is none, or too large for the type.
    func number<Number: FixedWidthInteger & UnsignedInteger>(_ text: some StringProtocol) -> Number? {
        var scanner = TextScanner(text)
        var radix = self == .hexadecimal ? 16 : self == .octal ? 8 : 10
        if self != .decimal, self != .octal, scanner.take("0") {
            if scanner.take("x") || scanner.take("X") {
                radix = 16
            } else if scanner.isAtEnd {
                return 0
            } else if self == .cLiteral {
                radix = 8
            }
        }
        guard let number: Number = scanner.number(radix: Number(radix)), scanner.isAtEnd else { return nil }
        return number
    }
}

/// Hexadecimal digits, at least as many as asked for.
func hexadecimal(_ number: some BinaryInteger, digits: Int) -> String {
    padded(String(number, radix: 16), digits)
}

/// Decimal digits, at least as many as asked for.
func decimal(_ number: some BinaryInteger, digits: Int) -> String {
    padded(String(number), digits)
}

/// Octal digits, at least as many as asked for.
func octal(_ number: some BinaryInteger, digits: Int) -> String {
    padded(String(number, radix: 8), digits)
}

private func padded(_ text: String, _ digits: Int) -> String {
    String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

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
