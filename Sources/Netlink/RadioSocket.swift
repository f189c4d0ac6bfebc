internal import CNetlink
internal import Glibc
public import LinuxSystem
internal import SystemPackage

/// A socket to the kernel's wireless configuration, nl80211: it knows the radios of the network namespace in which it was
/// opened.
public final class RadioSocket {
    let socket: NetlinkSocket
    /// The number under which the kernel has registered nl80211.
    private let family: Int

    /// Opens one in the calling thread's network namespace. Nil on a machine without Wi-Fi.
    public init?() throws(NetlinkError) {
        socket = try NetlinkSocket(protocol: NETLINK_GENERIC)
        guard let family = try socket.family(named: "nl80211") else { return nil }
        self.family = family
    }

    /// Opens one inside a network namespace. Nil on a machine without Wi-Fi.
    public static func open(in namespace: borrowing Namespace) throws -> RadioSocket? {
        try namespace.visit { try RadioSocket() }
    }

    /// The wireless interface with a number as a network interface. Nil where it is none.
    public func interface(_ index: Int32) throws(NetlinkError) -> WirelessInterface? {
        let message = request(NL80211_CMD_GET_INTERFACE)
        message.put(NL80211_ATTR_IFINDEX, UInt32(bitPattern: index))
        do {
            return try socket.query(message, "look up wireless interface \(index)").first.flatMap(
                WirelessInterface.init)
        } catch  where error.code == .operationNotSupportedByDevice {
            return nil  // ENODEV
        }
    }

    /// The interfaces of a radio, in the kernel's order. None where the radio is elsewhere.
    public func interfaces(of radio: UInt32) throws(NetlinkError) -> [WirelessInterface] {
        let message = request(NL80211_CMD_GET_INTERFACE, flags: NLM_F_DUMP)
        message.put(NL80211_ATTR_WIPHY, radio)
        let answer = try socket.query(message, "list the interfaces of radio \(radio)")
        return answer.compactMap(WirelessInterface.init).filter { $0.radio == radio }
    }

    /// A radio. Nil where it is elsewhere, or unplugged.
    public func radio(_ number: UInt32) throws(NetlinkError) -> Radio? {
        // All of what the kernel knows of a radio would not fit into one message.
        let message = request(NL80211_CMD_GET_WIPHY, flags: NLM_F_DUMP)
        message.put(NL80211_ATTR_WIPHY, number)
        message.put(Int(NL80211_ATTR_SPLIT_WIPHY_DUMP.rawValue), [])
        let radio = Radio(try socket.query(message, "look up radio \(number)"))
        return radio?.number == number ? radio : nil
    }

    /// Moves a radio with all of its interfaces into another network namespace, and switches them off.
    ///
    /// The request has no place for names and numbers: an interface whose name is taken there comes as `wlan0` or with
    /// the next number that is free, one whose number is taken with another number. EOPNOTSUPP: the driver cannot.
    /// EEXIST: an alternative name is taken there; the kernel has taken back what had moved.
    public func move(_ radio: Radio, to namespace: borrowing Namespace) throws(NetlinkError) {
        let message = request(NL80211_CMD_SET_WIPHY_NETNS)
        message.put(NL80211_ATTR_WIPHY, radio.number)
        message.put(NL80211_ATTR_NETNS_FD, UInt32(bitPattern: namespace.descriptor.file.rawValue))
        try socket.perform(message, "move radio \(radio.name) to network namespace \(namespace.identity)")
    }

    /// Makes an interface of a radio. It is down, and has the radio's hardware address.
    public func add(
        _ name: LinkName, _ mode: WirelessInterface.Mode, to radio: UInt32
    ) throws(NetlinkError) {
        let message = request(NL80211_CMD_NEW_INTERFACE)
        message.put(NL80211_ATTR_WIPHY, radio)
        message.put(Int(NL80211_ATTR_IFNAME.rawValue), name)
        message.put(mode)
        try socket.perform(message, "add \(mode) interface \(name)")
    }

    /// Removes an interface of a radio.
    public func remove(_ interface: WirelessInterface) throws(NetlinkError) {
        let message = request(NL80211_CMD_DEL_INTERFACE)
        message.put(Int(NL80211_ATTR_WDEV.rawValue), interface.id.littleEndianBytes)
        try socket.perform(message, "remove wireless interface \(interface.name)")
    }

    /// Makes an interface of a radio, which is down, one of another mode.
    public func set(_ mode: WirelessInterface.Mode, of index: Int32) throws(NetlinkError) {
        let message = request(NL80211_CMD_SET_INTERFACE)
        message.put(NL80211_ATTR_IFINDEX, UInt32(bitPattern: index))
        message.put(mode)
        try socket.perform(message, "make wireless interface \(index) \(mode)")
    }

    func request(_ command: nl80211_commands, flags: CInt = 0) -> NetlinkMessage {
        NetlinkMessage(family, flags: flags, header: genlmsghdr(cmd: UInt8(command.rawValue), version: 0, reserved: 0))
    }
}

extension NetlinkSocket {
    /// The number of a family of generic netlink. Nil where the kernel has none of that name.
    ///
    /// It is searched for in the list of those that are there: asked for by its name, the kernel would load a module that
    /// has it.
    fileprivate func family(named name: String) throws(NetlinkError) -> Int? {
        var cache: OpaquePointer?
        let operation = "list the families of netlink"
        let result = try libraryCall(operation) { unsafe genl_ctrl_alloc_cache(socket, &cache) }
        guard result == 0, let cache = unsafe cache else { throw .library(result, operation) }
        defer { unsafe nl_cache_free(cache) }
        guard let family = unsafe genl_ctrl_search_by_name(cache, name) else { return nil }
        defer { unsafe genl_family_put(family) }
        return Int(unsafe genl_family_get_id(family))
    }
}

extension NetlinkMessage {
    func put(_ attribute: nl80211_attrs, _ value: UInt32) {
        put(Int(attribute.rawValue), value)
    }

    fileprivate func put(_ mode: WirelessInterface.Mode) {
        put(NL80211_ATTR_IFTYPE, mode.type)
        put(Int(NL80211_ATTR_4ADDR.rawValue), UInt8(mode.usesFourAddresses ? 1 : 0))
    }
}
