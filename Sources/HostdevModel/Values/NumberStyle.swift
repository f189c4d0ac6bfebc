/// The notation of a number in a document.
enum NumberStyle {
    /// Decimal digits only.
    case decimal
    /// Decimal digits, also with leading zeros, or `0x` and hexadecimal digits: the notation of HAL for USB.
    case decimalUnlessPrefixed
    /// Hexadecimal digits, with or without `0x`: the notation of `lspci`.
    case hexadecimal
    /// A C literal, which libvirt reads: hexadecimal `0x1f`, octal `017` or decimal `15`.
    case cLiteral
    /// Octal digits: permission bits.
    case octal

    /// The allowed digits, for a message.
    var rule: String {
        switch self {
        case .decimal: "decimal digits"
        case .decimalUnlessPrefixed: "decimal digits, or 0x and hexadecimal digits"
        case .hexadecimal: "hexadecimal digits"
        case .octal: "octal digits"
        case .cLiteral: "decimal digits, 0x and hexadecimal digits, or 0 and octal digits"
        }
    }

    /// Returns a limit in this notation, for a message.
    func text(_ limit: some BinaryInteger) -> String {
        switch self {
        case .decimal, .decimalUnlessPrefixed: String(limit)
        case .hexadecimal, .cLiteral: "0x" + String(limit, radix: 16)
        case .octal: "0" + String(limit, radix: 8)
        }
    }

    /// Parses a number. Returns nil if the text is not one, or if the number is too large for the type.
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

/// Returns a number in hexadecimal, with leading zeros up to a number of digits.
func hexadecimal(_ number: some BinaryInteger, digits: Int) -> String {
    padded(String(number, radix: 16), digits)
}

/// Returns a number in decimal, with leading zeros up to a number of digits.
func decimal(_ number: some BinaryInteger, digits: Int) -> String {
    padded(String(number), digits)
}

/// Returns a number in octal, with leading zeros up to a number of digits.
func octal(_ number: some BinaryInteger, digits: Int) -> String {
    padded(String(number, radix: 8), digits)
}

private func padded(_ text: String, _ digits: Int) -> String {
    String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

/// Scans a text from its start: numbers, and the characters between them.
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

    /// Whether a number with a leading zero is next.
    var startsWithPaddedNumber: Bool {
        guard next == UInt8(ascii: "0") else { return false }
        var ahead = self
        ahead.advance()
        return ahead.next.flatMap { UInt8(digit: $0) } != nil
    }

    /// Consumes a character if it is next. Returns whether it was.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        advance()
        return true
    }

    /// Consumes all digits that are next. Returns nil if their count is not in the range, or if the number is too large
    /// for the type.
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
    /// Creates the value of a digit in a radix up to 16. Returns nil for any other character.
    fileprivate init?(digit: UInt8) {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self.init(digit - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self.init(digit - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self.init(digit - UInt8(ascii: "A") + 10)
        default: return nil
        }
    }
}

/// Parses a text that consists of digits only. Returns nil for any other text.
func digits<Number: FixedWidthInteger & UnsignedInteger>(_ text: some StringProtocol, radix: Number) -> Number? {
    var scanner = TextScanner(text)
    guard let number: Number = scanner.number(radix: radix), scanner.isAtEnd else { return nil }
    return number
}
