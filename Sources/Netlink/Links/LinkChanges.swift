internal import CNetlink
internal import Glibc

/// Properties to set on an interface. Those that are nil or empty stay as they are.
public struct LinkChanges: Hashable, Sendable, CustomStringConvertible {
    /// A new name.
    public var name: LinkName?
    /// A new hardware address.
    public var hardwareAddress: [UInt8]?
    /// A new MTU in bytes.
    public var mtu: UInt32?
    /// A new length of the transmit queue, in packets.
    public var transmitQueueLength: UInt32?
    /// A new group.
    public var group: UInt32?
    /// A new description. An empty one removes it.
    public var alias: [UInt8]?
    /// How IPv6 link-local addresses are generated: IN6_ADDR_GEN_MODE_, linux/if_link.h.
    public var addressGenerationMode: UInt8?
    /// The token, the lower half of autoconfigured IPv6 addresses, as a whole address. All zeros remove it.
    public var addressToken: [UInt8]?
    /// Other attributes by their `IFLA_` types: ``Link/settableAttributes``.
    public var attributes: [Int: [UInt8]] = [:]
    /// IPv4 settings by their numbers: IPV4_DEVCONF_ of linux/ip.h.
    public var ipv4Settings: [Int: UInt32] = [:]
    /// Flags to set.
    public var flagsOn: LinkFlags = []
    /// Flags to clear.
    public var flagsOff: LinkFlags = []

    /// No change.
    public init() {}

    /// The changes as a text: `name lan0, mtu 1400, up`.
    public var description: String {
        var parts: [String] = []
        if let name { parts.append("name \(name)") }
        if let hardwareAddress {
            parts.append("address \(hexadecimal(hardwareAddress))")
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

extension NetlinkSocket {
    /// Sets properties of an interface in one request. The kernel applies them one by one, in an order of its own, and stops
    /// at the first that fails.
    public func set(_ changes: LinkChanges, of index: Int32) throws(NetlinkError) {
        guard changes != LinkChanges() else { return }
        let message = change(index, set: changes.flagsOn, clear: changes.flagsOff)
        if let name = changes.name { message.put(IFLA_IFNAME, name) }
        if let address = changes.hardwareAddress { message.put(IFLA_ADDRESS, address) }
        if let mtu = changes.mtu { message.put(IFLA_MTU, mtu) }
        if let length = changes.transmitQueueLength { message.put(IFLA_TXQLEN, length) }
        if let group = changes.group { message.put(IFLA_GROUP, group) }
        if let alias = changes.alias { message.put(IFLA_IFALIAS, alias) }
        for (type, value) in changes.attributes.sorted(by: { $0.key < $1.key }) { message.put(type, value) }
        putFamilies(of: changes, in: message)
        try perform(message, "set \(changes) of interface \(index)")
    }

    private func putFamilies(of changes: LinkChanges, in message: NetlinkMessage) {
        let mode = changes.addressGenerationMode
        let token = changes.addressToken
        guard mode != nil || token != nil || !changes.ipv4Settings.isEmpty else { return }
        message.nest(IFLA_AF_SPEC) { families in
            if mode != nil || token != nil {
                families.nest(Int(AF_INET6)) { ipv6 in
                    if let mode { ipv6.put(IFLA_INET6_ADDR_GEN_MODE, mode) }
                    if let token { ipv6.put(IFLA_INET6_TOKEN, token) }
                }
            }
            guard !changes.ipv4Settings.isEmpty else { return }
            families.nest(Int(AF_INET)) { ipv4 in
                ipv4.nest(IFLA_INET_CONF) { settings in
                    for (number, value) in changes.ipv4Settings.sorted(by: { $0.key < $1.key }) {
                        settings.put(number, value)
                    }
                }
            }
        }
    }
}
