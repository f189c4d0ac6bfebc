internal import ByteStrings

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
