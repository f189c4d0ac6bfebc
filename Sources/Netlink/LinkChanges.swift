/// Properties to set on an interface; what is nil or empty stays as it is.
public struct LinkChanges: Hashable, Sendable, CustomStringConvertible {
    /// A new name.
    public var name: LinkName?
    /// A new hardware address.
    public var hardwareAddress: [UInt8]?
    /// A new MTU in bytes.
    public var mtu: UInt32?
    /// A new length of the transmit queue in packets.
    public var transmitQueueLength: UInt32?
    /// A new group.
    public var group: UInt32?
    /// A new description; empty takes it away.
    public var alias: [UInt8]?
    /// How the IPv6 link-local address is made: IN6_ADDR_GEN_MODE_, linux/if_link.h.
    public var addressGenerationMode: UInt8?
    /// The lower half of IPv6 addresses, as a whole address; all zero takes it away.
    public var addressToken: [UInt8]?
    /// Other attributes by their `IFLA_` numbers, of ``Link/settableAttributes``.
    public var attributes: [Int: [UInt8]] = [:]
    /// IPv4 settings by their numbers, IPV4_DEVCONF_ of linux/ip.h.
    public var ipv4Settings: [Int: UInt32] = [:]
    /// Flags to set.
    public var flagsOn: LinkFlags = []
    /// Flags to clear.
    public var flagsOff: LinkFlags = []

    /// No change.
    public init() {}

    /// What is changed: `name lan0, mtu 1400, up`.
    public var description: String {
        var parts: [String] = []
        if let name { parts.append("name \(name)") }
        if let hardwareAddress {
            parts.append("address " + hardwareAddress.map(hexadecimal).joined(separator: ":"))
        }
        if let mtu { parts.append("mtu \(mtu)") }
        if let transmitQueueLength { parts.append("txqueuelen \(transmitQueueLength)") }
        if let group { parts.append("group \(group)") }
        if let alias { parts.append("alias \(String(decoding: alias, as: UTF8.self))") }
        if let addressGenerationMode { parts.append("addrgenmode \(addressGenerationMode)") }
        if let addressToken { parts.append("token \(addressText(addressToken))") }
        if !attributes.isEmpty {
            parts.append("attributes " + attributes.keys.sorted().map(String.init).joined(separator: " "))
        }
        if !ipv4Settings.isEmpty { parts.append("IPv4 settings") }
        if flagsOn.contains(.up) { parts.append("up") }
        if flagsOff.contains(.up) { parts.append("down") }
        if !flagsOn.union(flagsOff).subtracting(.up).isEmpty { parts.append("flags") }
        return parts.joined(separator: ", ")
    }
}

/// Two digits for a byte.
func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
}
