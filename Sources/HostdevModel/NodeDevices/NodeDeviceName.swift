/// The name of a node device: `net_eth0_00_13_02_b9_f9_d3`, `pci_0000_00_16_3`, `computer`.
public struct NodeDeviceName: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let text: String

    /// The root of the tree, which is the parent of what has no other.
    public static let computer = NodeDeviceName(joining: ["computer"])

    /// A name from a document or a command line.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ isAlphanumeric($0) || $0 == underscore })
        else {
            throw InvalidValue(
                text, isNot: "the name of a node device", expected: "1 to 255 ASCII letters, digits and '_'")
        }
        self.text = String(text)
    }

    /// The name that libvirt gives a device: its parts with `_` between them, and `_` for each byte in them that is no
    /// ASCII letter or digit.
    ///
    /// - Parameters:
    ///   - subsystem: the kernel's subsystem, `net`.
    ///   - name: the kernel's name of the device, `eth0`.
    ///   - extra: what tells it from another of that name, `00:13:02:b9:f9:d3`.
    public init(subsystem: String, _ name: String, _ extra: String? = nil) {
        self.init(joining: [subsystem, name] + (extra.map { [$0] } ?? []))
    }

    private init(joining parts: [String]) {
        let bytes = parts.joined(separator: "_").utf8.map { isAlphanumeric($0) ? $0 : underscore }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// The name as it was given.
    public var description: String { text }
}

private let underscore = UInt8(ascii: "_")

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default: false
    }
}
