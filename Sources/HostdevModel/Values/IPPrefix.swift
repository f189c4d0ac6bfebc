/// An IP address and how many of its first bits name the network: `10.0.0.5/24`.
public struct IPPrefix: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// The address, with the bits behind the prefix as they were given.
    public let address: IPAddress
    /// The length of the prefix in bits: 0 to 32 for IPv4, 0 to 128 for IPv6.
    public let length: UInt8

    /// A prefix from its parts.
    public init(address: IPAddress, length: UInt8) throws(InvalidValue) {
        guard length <= address.family.bits else { throw Self.invalid("\(address)/\(length)") }
        self.address = address
        self.length = length
    }

    /// A prefix of all bits: the address alone.
    public init(_ address: IPAddress) {
        self.address = address
        self.length = address.family.bits
    }

    /// A prefix from text: an address, a slash, and the length in decimal digits; an address alone has all bits.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = try? IPAddress(parts[0]) else { throw Self.invalid(text) }
        guard parts.count == 2 else {
            self.init(address)
            return
        }
        guard let length: UInt8 = digits(parts[1], radix: 10), length <= address.family.bits else {
            throw Self.invalid(text)
        }
        self.init(address, length)
    }

    /// The network: the same prefix, with all bits behind it zero.
    public var network: IPPrefix {
        let rest = UInt128(address.family.bits - length)
        return IPPrefix(IPAddress(address.family, (address.value >> rest) << rest), length)
    }

    /// A prefix whose length is known to be right.
    init(_ address: IPAddress, _ length: UInt8) {
        self.address = address
        self.length = length
    }

    /// The address, a slash, and the length.
    public var description: String { "\(address)/\(length)" }

    private static func invalid(_ text: some StringProtocol) -> InvalidValue {
        InvalidValue(
            text, isNot: "an IP prefix",
            allowed: "is an IP address, a slash, and a length up to 32 (IPv4) or 128 (IPv6), such as 10.0.0.5/24")
    }
}
