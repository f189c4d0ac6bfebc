/// A name, a path or a line as the kernel and its files have it: bytes, in no encoding, and equal when all bytes are.
///
/// Swift compares a `String` by what people read: an é is equal to an e with an accent behind it, and a carriage return with
/// a line feed is one character. To the kernel those are different names. So what comes from it, from a file or from a
/// user is compared, hashed and sorted as this.
///
/// It is kept as text. A byte that is part of no UTF-8 stands there as a character for private use, U+10FF80 to U+10FFFF
/// for 0x80 to 0xFF, and so do the bytes of these characters themselves: every name has one text, which JSON can hold, and
/// which leads back to it.
public struct ByteString: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The text that stands for the bytes.
    public let text: String

    /// The name for which a text stands.
    public init(_ text: some StringProtocol) {
        let text = String(text)
        self.text = mayHoldStandIns(text.utf8) ? standIn(for: bytesMeant(by: text)[...]) : text
    }

    /// A name from a literal.
    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// A name as the kernel has it, without the NUL that ends it.
    public init(bytes: some Collection<UInt8>) {
        text = standIn(for: Array(bytes)[...])
    }

    /// The bytes.
    public var bytes: [UInt8] { mayHoldStandIns(text.utf8) ? bytesMeant(by: text) : Array(text.utf8) }

    /// The text that stands for the bytes.
    public var description: String { text }

    /// A text that stands for the bytes and can be in an XML document: what XML cannot hold, such as control characters, stands
    /// there as U+10FF00 and the byte as well.
    public var xmlText: String {
        guard text.unicodeScalars.contains(where: isNotForXML) else { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isNotForXML(scalar) {
                shown.append(contentsOf: String(scalar).utf8.map(standIn))
            } else {
                shown.append(scalar)
            }
        }
        return String(shown)
    }

    /// Whether the name begins with the bytes of another.
    public func hasPrefix(_ prefix: ByteString) -> Bool { text.utf8.starts(with: prefix.text.utf8) }

    /// What is behind the bytes of another at the beginning. Nil: it does not begin with them.
    public func dropping(prefix: ByteString) -> ByteString? {
        hasPrefix(prefix) ? ByteString(Substring(text.utf8.dropFirst(prefix.text.utf8.count))) : nil
    }

    /// Whether all bytes are the same.
    public static func == (one: ByteString, other: ByteString) -> Bool {
        one.text.utf8.elementsEqual(other.text.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

extension ByteString: Comparable {
    /// Compares byte for byte, as strcmp(3) does.
    public static func < (one: ByteString, other: ByteString) -> Bool {
        one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
    }
}

/// The characters that stand for bytes.
private let standIns: ClosedRange<UInt32> = 0x10_FF00...0x10_FFFF

private func standIn(for byte: UInt8) -> Unicode.Scalar { Unicode.Scalar(0x10_FF00 + UInt32(byte)) ?? "\u{FFFD}" }

/// Whether a character that stands for a byte may be among these: the first byte of its UTF-8 begins no common ones.
private func mayHoldStandIns(_ bytes: some Sequence<UInt8>) -> Bool { bytes.contains(0xF4) }

/// XML 1.0, production 2.
private func isNotForXML(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF
}

private func bytesMeant(by text: String) -> [UInt8] {
    text.unicodeScalars.flatMap { scalar in
        standIns.contains(scalar.value) ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(String(scalar).utf8)
    }
}

private func standIn(for bytes: ArraySlice<UInt8>) -> String {
    if !mayHoldStandIns(bytes), let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = String.UnicodeScalarView()
    var rest = bytes
    while let first = rest.first {
        let character = firstCharacter(of: rest)
        if let character, !standIns.contains(character.value) {
            text.append(character)
            rest = rest.dropFirst(UTF8.width(character))
        } else {
            text.append(standIn(for: first))
            rest = rest.dropFirst()
        }
    }
    return String(text)
}

private func firstCharacter(of bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
    for length in 1...4 {
        if let scalars = String(validating: bytes.prefix(length), as: UTF8.self)?.unicodeScalars {
            return scalars.first
        }
    }
    return nil
}
