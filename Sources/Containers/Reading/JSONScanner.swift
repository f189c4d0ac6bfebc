/// Walks over a JSON text and checks its form.
struct JSONScanner {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return rest.isEmpty
        }
    }

    /// Passes a sign, with the white space before it, if it comes next.
    mutating func skip(_ sign: Unicode.Scalar) -> Bool {
        skipSpace()
        guard rest.first == UInt8(ascii: sign) else { return false }
        rest.removeFirst()
        return true
    }

    /// Passes a value and returns its text. Nil: it is none.
    mutating func value(depth: Int) -> ArraySlice<UInt8>? {
        skipSpace()
        let start = rest
        guard depth < 128, let first = rest.first else { return nil }
        let isValue: Bool
        switch first {
        case UInt8(ascii: "{"):
            rest.removeFirst()
            isValue = list(until: "}") { scanner in
                scanner.string() != nil && scanner.skip(":") && scanner.value(depth: depth + 1) != nil
            }
        case UInt8(ascii: "["):
            rest.removeFirst()
            isValue = list(until: "]") { $0.value(depth: depth + 1) != nil }
        case UInt8(ascii: "\""): isValue = string() != nil
        case UInt8(ascii: "t"): isValue = word("true")
        case UInt8(ascii: "f"): isValue = word("false")
        case UInt8(ascii: "n"): isValue = word("null")
        default: isValue = number()
        }
        return isValue ? start[..<rest.startIndex] : nil
    }

    /// Passes a string and returns its text with the quotes.
    mutating func string() -> ArraySlice<UInt8>? {
        skipSpace()
        let start = rest
        guard rest.popFirst() == UInt8(ascii: "\"") else { return nil }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return start[..<rest.startIndex]
            case UInt8(ascii: "\\"): guard escape() else { return nil }
            case 0..<0x20: return nil
            default: continue
            }
        }
        return nil
    }

    private mutating func escape() -> Bool {
        guard let byte = rest.popFirst() else { return false }
        if byte == UInt8(ascii: "u") {
            let digits = rest.prefix(4)
            rest = rest.dropFirst(4)
            return digits.count == 4 && digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
        }
        return #""\/bfnrt"#.utf8.contains(byte)
    }

    private mutating func list(until end: Unicode.Scalar, item: (inout JSONScanner) -> Bool) -> Bool {
        if skip(end) { return true }
        repeat {
            guard item(&self) else { return false }
        } while skip(",")
        return skip(end)
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let text = "\(word)".utf8
        guard rest.starts(with: text) else { return false }
        rest = rest.dropFirst(text.count)
        return true
    }

    private mutating func number() -> Bool {
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let leading = rest.first
        let count = digits()
        guard count == 1 || (count > 1 && leading != UInt8(ascii: "0")) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard digits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
            guard digits() > 0 else { return false }
        }
        return true
    }

    private mutating func digits() -> Int {
        let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
        rest = rest.dropFirst(digits.count)
        return digits.count
    }

    private mutating func skipSpace() {
        while let byte = rest.first, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { rest.removeFirst() }
    }
}
