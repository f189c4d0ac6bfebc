internal import ByteStrings

/// The name of a network interface: 1 to 15 bytes, checked like in the kernel's `dev_valid_name`.
///
/// A name consists of bytes in no particular encoding. White space is not allowed, and the kernel counts the byte 0xA0
/// as white space. A `%` is not allowed either, since the kernel would use the name as a pattern.
public struct InterfaceName: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let packed: PackedName

    /// Parses a name.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        guard let packed = PackedName(ByteString(text).bytes), packed.isInterfaceName,
            !packed.contains(UInt8(ascii: "%"))
        else {
            throw InvalidValue(text, isNot: "an interface name", expected: Self.rule)
        }
        self.packed = packed
    }

    /// Creates a name from the bytes that the kernel returned, without the NUL at the end.
    public init(bytes: [UInt8]) throws(InvalidValue) {
        guard let packed = PackedName(bytes), packed.isInterfaceName, !packed.contains(UInt8(ascii: "%")) else {
            throw InvalidValue(ByteString(bytes: bytes).text, isNot: "an interface name", expected: Self.rule)
        }
        self.packed = packed
    }

    /// The bytes of the name, without a NUL at the end.
    public var bytes: [UInt8] { packed.bytes }

    /// The name as text, which ``init(_:)`` accepts. Bytes that are not UTF-8 appear as private-use characters.
    public var description: String { packed.description }

    /// The name as text for an XML document: see `ByteString.xmlText`.
    var xmlText: String { ByteString(bytes: bytes).xmlText }

    /// The name as text, or nil if it is not UTF-8.
    public var text: String? { packed.text }

    private static let rule = "1 to 15 bytes without '/', ':', '%' and white space, but not '.' and '..'"
}

/// An interface name with one `%d`, for example `lan%d`. The `%d` is replaced by the lowest number that gives a free
/// name.
public struct InterfaceNamePattern: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let pattern: ByteString

    /// Parses a pattern.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        let pattern = ByteString(text)
        let parts = pattern.bytes.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
        guard let packed = PackedName(pattern.bytes), packed.isInterfaceName, parts.count == 2,
            parts[1].first == UInt8(ascii: "d")
        else {
            throw InvalidValue(
                text, isNot: "an interface name pattern",
                expected: "1 to 15 bytes with one '%d', without '/', ':' and white space")
        }
        self.pattern = pattern
    }

    /// Returns the name with a number in place of `%d`.
    ///
    /// - Throws: ``InvalidValue`` if the name would be longer than 15 bytes.
    public func name(_ number: UInt32) throws(InvalidValue) -> InterfaceName {
        let parts = pattern.bytes.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
        return try InterfaceName(bytes: parts[0] + Array(String(number).utf8) + parts[1].dropFirst())
    }

    /// The pattern.
    public var description: String { pattern.text }

    /// The pattern as text for an XML document: see `ByteString.xmlText`.
    var xmlText: String { pattern.xmlText }
}

/// The name of an interface in the container.
public enum TargetName: Hashable, Sendable, CustomStringConvertible {
    /// The name that the interface has on the host.
    case sameAsHost
    /// A given name.
    case name(InterfaceName)
    /// The first free name of a pattern.
    case pattern(InterfaceNamePattern)

    /// Parses a name, or a pattern if the text contains a `%`.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        if text.utf8.contains(UInt8(ascii: "%")) {
            self = .pattern(try InterfaceNamePattern(text))
        } else {
            self = .name(try InterfaceName(text))
        }
    }

    /// The name or the pattern, or an empty string for the name on the host.
    public var description: String {
        switch self {
        case .sameAsHost: ""
        case .name(let name): name.description
        case .pattern(let pattern): pattern.description
        }
    }
}

extension TargetName: TextValue {}

/// Up to 15 bytes without NUL, stored without a memory allocation.
struct PackedName: Hashable, Sendable {
    private var words: (UInt64, UInt64) = (0, 0)

    init?(_ bytes: some Sequence<UInt8>) {
        var count = 0
        for byte in bytes {
            guard count < 15, byte != 0 else { return nil }
            let shifted = UInt64(byte) << UInt64(count % 8 * 8)
            if count < 8 { words.0 |= shifted } else { words.1 |= shifted }
            count += 1
        }
    }

    var bytes: [UInt8] {
        (0..<15).map(byte(at:)).filter { $0 != 0 }
    }

    /// Whether the kernel's `dev_valid_name` accepts the name.
    var isInterfaceName: Bool {
        var count = 0
        while count < 15, case let byte = byte(at: count), byte != 0 {
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: ":"), 0x09...0x0D, 0x20, 0xA0: return false
            default: count += 1
            }
        }
        return count > 0 && self != Self.dot && self != Self.dotDot
    }

    func contains(_ byte: UInt8) -> Bool {
        (0..<15).contains { self.byte(at: $0) == byte }
    }

    var description: String { ByteString(bytes: bytes).text }

    var text: String? { String(validating: bytes, as: UTF8.self) }

    private func byte(at index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: (index < 8 ? words.0 : words.1) >> UInt64(index % 8 * 8))
    }

    private static let dot = PackedName(".".utf8)
    private static let dotDot = PackedName("..".utf8)

    static func == (one: PackedName, other: PackedName) -> Bool { one.words == other.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}
