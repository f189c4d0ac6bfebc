internal import ByteStrings

/// The name of a network interface: 1 to 15 bytes, as the kernel's `dev_valid_name` has it.
///
/// Names are bytes, not text: the kernel asks for no encoding. White space is what the kernel takes for it, the byte
/// 0xA0 included. A `%` is not allowed either, since the kernel would take the name for a pattern.
public struct InterfaceName: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let packed: PackedName

    /// A name from a document or a command line.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        guard let packed = PackedName(ByteString(text).bytes), packed.isInterfaceName,
            !packed.contains(UInt8(ascii: "%"))
        else {
            throw InvalidValue(text, isNot: "an interface name", expected: Self.rule)
        }
        self.packed = packed
    }

    /// A name as the kernel gave it, without the NUL at its end.
    public init(bytes: [UInt8]) throws(InvalidValue) {
        guard let packed = PackedName(bytes), packed.isInterfaceName, !packed.contains(UInt8(ascii: "%")) else {
            throw InvalidValue(ByteString(bytes: bytes).text, isNot: "an interface name", expected: Self.rule)
        }
        self.packed = packed
    }

    /// The bytes of the name, without a NUL at its end.
    public var bytes: [UInt8] { packed.bytes }

    /// The text that stands for the name, which ``init(_:)`` reads again.
    public var description: String { packed.description }

    /// The same for a document; see ``ByteString/xmlText``.
    var xmlText: String { ByteString(bytes: bytes).xmlText }

    /// The name as text, nil when it is not UTF-8.
    public var text: String? { packed.text }

    private static let rule = "1 to 15 bytes without '/', ':', '%' and white space, but not '.' and '..'"
}

/// A name with one `%d` in it, such as `lan%d`: it stands for the lowest number that gives a free name.
public struct InterfaceNamePattern: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let pattern: ByteString

    /// A pattern from a document or a command line.
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

    /// The name for a number.
    ///
    /// - Throws: when the name would be longer than 15 bytes.
    public func name(_ number: UInt32) throws(InvalidValue) -> InterfaceName {
        let parts = pattern.bytes.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
        return try InterfaceName(bytes: parts[0] + Array(String(number).utf8) + parts[1].dropFirst())
    }

    /// The pattern as it was given.
    public var description: String { pattern.text }

    /// The same for a document; see ``ByteString/xmlText``.
    var xmlText: String { pattern.xmlText }
}

/// What an interface is called inside the container.
public enum TargetName: Hashable, Sendable, CustomStringConvertible {
    /// As on the host.
    case sameAsHost
    /// By a name of its own.
    case name(InterfaceName)
    /// By the first free name of a pattern.
    case pattern(InterfaceNamePattern)

    /// A name, or a pattern if there is a `%` in it.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        if text.utf8.contains(UInt8(ascii: "%")) {
            self = .pattern(try InterfaceNamePattern(text))
        } else {
            self = .name(try InterfaceName(text))
        }
    }

    /// The name or the pattern; empty when the host's name stays.
    public var description: String {
        switch self {
        case .sameAsHost: ""
        case .name(let name): name.description
        case .pattern(let pattern): pattern.description
        }
    }
}

extension TargetName: TextValue {}

/// Up to 15 bytes without NUL, kept without an allocation.
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

    /// What the kernel's `dev_valid_name` asks, beside the length.
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
