/// The name of a node device, for example `net_eth0_00_13_02_b9_f9_d3`, `pci_0000_00_16_3` or `computer`.
public struct NodeDeviceName: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let text: String

    /// The name of the root of the device tree.
    public static let computer = NodeDeviceName(joining: ["computer"])

    /// Parses a name.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ isAlphanumeric($0) || $0 == underscore })
        else {
            throw InvalidValue(
                text, isNot: "the name of a node device", expected: "1 to 255 ASCII letters, digits and '_'")
        }
        self.text = String(text)
    }

    /// Creates the name that libvirt gives a device: its parts with `_` between them. Each byte of a part that is not
    /// an ASCII letter or digit also becomes `_`.
    ///
    /// - Parameters:
    ///   - subsystem: the subsystem of the device, such as `net`.
    ///   - name: the kernel's name of the device, such as `eth0`.
    ///   - extra: a further part that makes the name unique, such as a MAC address.
    public init(subsystem: String, _ name: String, _ extra: String? = nil) {
        self.init(joining: [subsystem, name] + (extra.map { [$0] } ?? []))
    }

    private init(joining parts: [String]) {
        let bytes = parts.joined(separator: "_").utf8.map { isAlphanumeric($0) ? $0 : underscore }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// The name.
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
