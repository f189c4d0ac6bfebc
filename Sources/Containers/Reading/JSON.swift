/// A value in a JSON text (RFC 8259), read where it stands.
///
/// The text is checked whole when it is opened; values are looked for in it when they are asked for. Engines keep
/// documents of tens of kilobytes for a container, of which three numbers are needed: nothing is built of the rest.
struct JSON: Sendable {
    private let bytes: ArraySlice<UInt8>

    /// Opens a text. Nil: it is no JSON, or nested more than 128 levels deep.
    init?(_ bytes: [UInt8]) {
        var scanner = JSONScanner(bytes[...])
        guard let value = scanner.value(depth: 0), scanner.isAtEnd else { return nil }
        self.bytes = value
    }

    fileprivate init(checked bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// The member of an object, the last of that name; nil where there is none.
    subscript(_ name: String) -> JSON? {
        members.last { $0.name == name }?.value
    }

    /// An object's members in their order; none of what is no object.
    var members: [(name: String, value: JSON)] { Array(JSONMembers(bytes)) }

    /// An array's elements; none of what is no array.
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

    /// A string's text; nil for what is no string.
    var string: String? {
        guard bytes.first == UInt8(ascii: "\"") else { return nil }
        let inner = bytes.dropFirst().dropLast()
        guard inner.contains(UInt8(ascii: "\\")) else { return String(decoding: inner, as: UTF8.self) }
        return unescaped(inner)
    }

    /// A whole number; nil for one with a fraction or an exponent, one that does not fit, and anything else.
    func integer<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
        Number(String(decoding: bytes, as: UTF8.self))
    }
}

/// The members of an object in a text that nobody has checked, one after the other: who has found what is needed goes on no
/// further, and the rest is not looked at.
struct JSONMembers: Sequence, IteratorProtocol {
    private enum Place { case before, inside, behind }

    private var scanner: JSONScanner
    private var place = Place.before
    /// Whether the end of the object was reached, and nothing is behind it.
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
