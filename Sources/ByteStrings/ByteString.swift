/// A name, a path or a line of the kernel or of a file: bytes in no particular encoding. Two are equal if all bytes
/// are.
///
/// Swift compares strings by canonical equivalence: `é` equals `e` followed by an accent, and a carriage return with a
/// line feed is one character. For the kernel these are different names. Names of the kernel, of files and of users are
/// therefore compared, hashed and sorted as byte strings.
///
/// The bytes are stored as text. A byte that is not part of valid UTF-8 is represented by a private-use character:
/// U+10FF80 to U+10FFFF for 0x80 to 0xFF. The bytes of these characters themselves are represented in the same way. So
/// every name has exactly one text, which JSON can contain and from which the bytes are recovered.
public struct ByteString: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The text that represents the bytes.
    public let text: String

    /// Creates the byte string that a text represents.
    public init(_ text: some StringProtocol) {
        let text = String(text)
        self.text = mayContainByteCharacters(text.utf8) ? ByteStrings.text(for: ByteStrings.bytes(of: text)[...]) : text
    }

    /// Creates a byte string from a literal.
    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// Creates a byte string from bytes, without a NUL at the end.
    public init(bytes: some Collection<UInt8>) {
        text = ByteStrings.text(for: Array(bytes)[...])
    }

    /// The bytes.
    public var bytes: [UInt8] { mayContainByteCharacters(text.utf8) ? ByteStrings.bytes(of: text) : Array(text.utf8) }

    /// The text that represents the bytes.
    public var description: String { text }

    /// A text that represents the bytes and is allowed in XML: each byte of a character that XML does not allow, such
    /// as a control character, is represented by U+10FF00 plus the byte.
    public var xmlText: String {
        guard text.unicodeScalars.contains(where: isNotForXML) else { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isNotForXML(scalar) {
                shown.append(contentsOf: String(scalar).utf8.map(byteCharacter))
            } else {
                shown.append(scalar)
            }
        }
        return String(shown)
    }

    /// Returns whether the bytes start with those of another byte string.
    public func hasPrefix(_ prefix: ByteString) -> Bool { text.utf8.starts(with: prefix.text.utf8) }

    /// Returns the rest after a prefix, or nil if the bytes do not start with it.
    public func dropping(prefix: ByteString) -> ByteString? {
        hasPrefix(prefix) ? ByteString(Substring(text.utf8.dropFirst(prefix.text.utf8.count))) : nil
    }

    /// Returns whether all bytes are equal.
    public static func == (one: ByteString, other: ByteString) -> Bool {
        one.text.utf8.elementsEqual(other.text.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

extension ByteString: Comparable {
    /// Compares byte by byte, like strcmp(3).
    public static func < (one: ByteString, other: ByteString) -> Bool {
        one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
    }
}

/// The characters that represent single bytes.
private let byteCharacters: ClosedRange<UInt32> = 0x10_FF00...0x10_FFFF

private func byteCharacter(for byte: UInt8) -> Unicode.Scalar { Unicode.Scalar(0x10_FF00 + UInt32(byte)) ?? "\u{FFFD}" }

/// Whether the bytes may contain a character that represents a byte. In UTF-8 all of them start with 0xF4, with which
/// no common character starts.
private func mayContainByteCharacters(_ bytes: some Sequence<UInt8>) -> Bool { bytes.contains(0xF4) }

/// Whether XML 1.0 (production 2) does not allow a character.
private func isNotForXML(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF
}

private func bytes(of text: String) -> [UInt8] {
    text.unicodeScalars.flatMap { scalar in
        byteCharacters.contains(scalar.value) ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(String(scalar).utf8)
    }
}

private func text(for bytes: ArraySlice<UInt8>) -> String {
    if !mayContainByteCharacters(bytes), let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = String.UnicodeScalarView()
    var rest = bytes
    while let first = rest.first {
        let character = firstCharacter(of: rest)
        if let character, !byteCharacters.contains(character.value) {
            text.append(character)
            rest = rest.dropFirst(UTF8.width(character))
        } else {
            text.append(byteCharacter(for: first))
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
