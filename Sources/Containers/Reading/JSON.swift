/// A value in a JSON text (RFC 8259), read where it stands.
///
/// The whole text is validated when it is opened. Values are searched for when they are asked for, since of the tens of
/// kilobytes that engines keep for a container only a few numbers are needed.
struct JSON: Sendable {
    private let bytes: ArraySlice<UInt8>

    /// Opens a text. Returns nil when it is not JSON, or nested more than 128 levels deep.
    init?(_ bytes: [UInt8]) {
        var scanner = JSONScanner(bytes[...])
        guard let value = scanner.value(depth: 0), scanner.isAtEnd else { return nil }
        self.bytes = value
    }

    fileprivate init(checked bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// Returns the last member of an object with a name, or nil when there is none.
    subscript(_ name: String) -> JSON? {
        members.last { $0.name == name }?.value
    }

    /// The members of an object in their order. None for any other value.
    var members: [(name: String, value: JSON)] { Array(JSONMembers(bytes)) }

    /// The elements of an array. None for any other value.
    var elements: [JSON] {
        var scanner = JSONScanner(bytes)
        guard scanner.skip("["), !scanner.skip("]") else { return [] }
        var elements: [JSON] = []
        repeat {
            guard let value = scanner.value(depth: 0) else { return [] }
            elements.append(JSON(checked: value))
        } while scanner.skip(",")
        return elements
    }

    /// The text of a string. Nil for any other value.
    var string: String? {
        guard bytes.first == UInt8(ascii: "\"") else { return nil }
        let inner = bytes.dropFirst().dropLast()
        guard inner.contains(UInt8(ascii: "\\")) else { return String(decoding: inner, as: UTF8.self) }
        return unescaped(inner)
    }

    /// Returns an integer, or nil for a number with a fraction or an exponent, one that does not fit, and any other value.
    func integer<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
        Number(String(decoding: bytes, as: UTF8.self))
    }
}

/// The members of an object in a text that was not validated, one after the other. What follows the last member that is asked
/// for is not read.
struct JSONMembers: Sequence, IteratorProtocol {
    private enum Place { case before, inside, behind }

    private var scanner: JSONScanner
    private var place = Place.before
    /// Whether the end of the object was reached, and nothing follows it.
    private(set) var isComplete = false

    init(_ bytes: ArraySlice<UInt8>) {
        scanner = JSONScanner(bytes)
    }

    mutating func next() -> (name: String, value: JSON)? {
        let isFirst = place == .before
        guard place != .behind else { return nil }
        place = .behind
        guard !isFirst || scanner.skip("{") else { return nil }
        if scanner.skip("}") {
            isComplete = scanner.isAtEnd
            return nil
        }
        guard isFirst || scanner.skip(","), let name = scanner.string(), scanner.skip(":"),
            let value = scanner.value(depth: 1)
        else { return nil }
        place = .inside
        return (JSON(checked: name).string ?? "", JSON(checked: value))
    }
}

private func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    var units: [UInt16] = []
    var rest = String(decoding: bytes, as: UTF8.self).utf16[...]
    while let unit = rest.popFirst() {
        guard unit == UInt16(UInt8(ascii: "\\")), let escape = rest.popFirst() else {
            units.append(unit)
            continue
        }
        switch escape {
        case UInt16(UInt8(ascii: "u")):
            units.append(UInt16(String(rest.prefix(4)) ?? "", radix: 16) ?? 0xFFFD)
            rest = rest.dropFirst(4)
        case UInt16(UInt8(ascii: "b")): units.append(8)
        case UInt16(UInt8(ascii: "f")): units.append(12)
        case UInt16(UInt8(ascii: "n")): units.append(10)
        case UInt16(UInt8(ascii: "r")): units.append(13)
        case UInt16(UInt8(ascii: "t")): units.append(9)
        default: units.append(escape)
        }
    }
    return String(decoding: units, as: UTF16.self)
}

/// Walks over a JSON text and validates it.
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

    /// Skips a sign and the white space before it. Returns false when something else comes next.
    mutating func skip(_ sign: Unicode.Scalar) -> Bool {
        skipSpace()
        guard rest.first == UInt8(ascii: sign) else { return false }
        rest.removeFirst()
        return true
    }

    /// Skips a value and returns its text, or nil when there is none.
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

    /// Skips a string and returns its text with the quotes, or nil when there is none.
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
