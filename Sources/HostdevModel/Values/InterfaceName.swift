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
            throw InvalidValue(text, isNot: "an interface name", allowed: Self.rule)
        }
        self.packed = packed
    }

    /// A name as the kernel gave it, without the NUL at its end.
    public init(bytes: [UInt8]) throws(InvalidValue) {
        guard let packed = PackedName(bytes), packed.isInterfaceName, !packed.contains(UInt8(ascii: "%")) else {
            throw InvalidValue(ByteString(bytes: bytes).text, isNot: "an interface name", allowed: Self.rule)
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

    private static let rule = "are 1 to 15 bytes without '/', ':', '%' and white space, but not '.' and '..'"
}
