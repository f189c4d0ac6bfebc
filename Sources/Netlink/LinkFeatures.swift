internal import CNetlink

extension Link {
    /// Whether the kernel keeps it in its network namespace, so far as its message says (IFLA_NETNS_IMMUTABLE,
    /// Linux 6.15): nil from older kernels.
    private var saidImmutable: Bool? {
        message.attributes(after: ifinfomsg.self)[Self.immutable].map { $0.byte != 0 }
    }

    private static let immutable = 67

    /// Whether the kernel keeps it in its network namespace: lo, bridges, bonds, Wi-Fi and others. A move is refused then.
    ///
    /// Kernels before 6.12 say so in a feature of ethtool's. Those between say it only when they refuse the move: false.
    public func isImmutable() throws(NetlinkError) -> Bool {
        if let saidImmutable { return saidImmutable }
        if flags.contains(.loopback) { return true }
        return try NetlinkSocket.features(of: index).contains("netns-local")
    }
}

extension NetlinkSocket {
    /// The features that an interface of the calling thread's network namespace has switched on, by the names that
    /// ethtool(8) shows: Linux 5.7. Empty from older kernels, and from those without ethtool's netlink interface.
    static func features(of index: Int32) throws(NetlinkError) -> Set<String> {
        let socket = try NetlinkSocket(protocol: NETLINK_GENERIC)
        let family = unsafe genl_ctrl_resolve(socket.socket, "ethtool")
        guard family > 0 else { return [] }
        let message = NetlinkMessage(
            Int(family), header: genlmsghdr(cmd: featuresGet, version: 1, reserved: 0))
        // ETHTOOL_A_FEATURES_HEADER with ETHTOOL_A_HEADER_DEV_INDEX; nests have to be marked as such here.
        message.nest(1 | Int(NLA_F_NESTED)) { $0.put(1, UInt32(bitPattern: index)) }
        let answer = try socket.query(message, "read the features of interface \(index)")
        // ETHTOOL_A_FEATURES_ACTIVE, ETHTOOL_A_BITSET_BITS; of each, ETHTOOL_A_BITSET_BIT_NAME.
        let bits = answer.first?.attributes(after: genlmsghdr.self)[4]?.nested[3]?.nested
        return Set(
            (bits ?? Attributes([])).compactMap { $0.nested[2].map { String(decoding: $0.text, as: UTF8.self) } })
    }

    private static let featuresGet: UInt8 = 11  // ETHTOOL_MSG_FEATURES_GET
}
