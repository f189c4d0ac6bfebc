internal import CNetlink
internal import Glibc
public import LinuxSystem
internal import SystemPackage

/// A socket to the kernel's wireless configuration, nl80211. It reaches the radios of the network namespace in which it was
/// opened.
public final class RadioSocket {
    private let socket: NetlinkSocket
    /// The number of the netlink family.
    private let family: Int

    /// Opens a socket in the calling thread's network namespace. Returns nil on a machine without Wi-Fi.
    public init?() throws(NetlinkError) {
        socket = try NetlinkSocket(protocol: NETLINK_GENERIC)
        guard let family = try socket.registeredGenericFamily("nl80211") else { return nil }
        self.family = family
    }

    /// Opens a socket inside a network namespace. Returns nil on a machine without Wi-Fi.
    public static func open(in namespace: borrowing Namespace) throws -> RadioSocket? {
        try namespace.visit { try RadioSocket() }
    }

    /// Returns the wireless interface with an index as a network interface, or nil when that is not wireless.
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

    /// Returns the interfaces of a radio, in the kernel's order. None when the radio is in another network namespace.
    public func interfaces(of radio: UInt32) throws(NetlinkError) -> [WirelessInterface] {
        let message = request(NL80211_CMD_GET_INTERFACE, flags: NLM_F_DUMP)
        message.put(NL80211_ATTR_WIPHY, radio)
        let answer = try socket.query(message, "list the interfaces of radio \(radio)")
        return answer.compactMap(WirelessInterface.init).filter { $0.radio == radio }
    }

    /// Returns the radio with a number, or nil when it is in another network namespace or unplugged.
    public func radio(_ number: UInt32) throws(NetlinkError) -> Radio? {
        // The description of a radio does not fit into one message.
        let message = request(NL80211_CMD_GET_WIPHY, flags: NLM_F_DUMP)
        message.put(NL80211_ATTR_WIPHY, number)
        message.put(Int(NL80211_ATTR_SPLIT_WIPHY_DUMP.rawValue), [])
        let radio = Radio(try socket.query(message, "look up radio \(number)"))
        return radio?.number == number ? radio : nil
    }

    /// Moves a radio with all of its interfaces into another network namespace. The kernel sets the interfaces down.
    ///
    /// The request cannot set names and indexes. An interface whose name is taken there gets the name `wlan0`, or the next one
    /// that is free; one whose index is taken gets another. The error is EOPNOTSUPP when the driver allows no move, and EEXIST
    /// when an alternative name is taken: then the kernel has moved everything back.
    public func move(_ radio: Radio, to namespace: borrowing Namespace) throws(NetlinkError) {
        let message = request(NL80211_CMD_SET_WIPHY_NETNS)
        message.put(NL80211_ATTR_WIPHY, radio.number)
        message.put(NL80211_ATTR_NETNS_FD, UInt32(bitPattern: namespace.descriptor.file.rawValue))
        try socket.perform(message, "move radio \(radio.name) to network namespace \(namespace.identity)")
    }

    /// Adds an interface to a radio. It is down, and has the radio's hardware address.
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

    /// Sets the mode of an interface, which has to be down.
    public func set(_ mode: WirelessInterface.Mode, of index: Int32) throws(NetlinkError) {
        let message = request(NL80211_CMD_SET_INTERFACE)
        message.put(NL80211_ATTR_IFINDEX, UInt32(bitPattern: index))
        message.put(mode)
        try socket.perform(message, "make wireless interface \(index) \(mode)")
    }

    private func request(_ command: nl80211_commands, flags: CInt = 0) -> NetlinkMessage {
        NetlinkMessage(family, flags: flags, header: genlmsghdr(cmd: UInt8(command.rawValue), version: 0, reserved: 0))
    }
}

// Settings of radios and of their interfaces that iw(8) sets and the kernel reports. It does not report the transmit power.
extension RadioSocket {
    /// Restores the name and the settings of a radio, as far as they differ from the present ones. Returns what the kernel
    /// refused.
    public func restore(_ saved: Radio, from now: Radio) -> [NetlinkError] {
        saved.changes(from: now).compactMap { attributes in
            let message = request(NL80211_CMD_SET_WIPHY)
            message.put(NL80211_ATTR_WIPHY, saved.number)
            for attribute in attributes { message.put(Int(attribute.type.rawValue), attribute.value) }
            do throws(NetlinkError) {
                try socket.perform(message, "set attribute \(attributes[0].type.rawValue) of radio \(saved.name)")
                return nil
            } catch {
                return error
            }
        }
    }

    /// Sets a monitor to its saved channel. The error is EBUSY when another interface of the radio is up, which decides.
    public func restoreChannel(_ saved: WirelessInterface, of index: Int32) throws(NetlinkError) {
        guard !saved.channel.isEmpty else { return }
        let message = request(NL80211_CMD_SET_CHANNEL)
        message.put(NL80211_ATTR_IFINDEX, UInt32(bitPattern: index))
        for attribute in saved.channel { message.put(Int(attribute.type.rawValue), attribute.value) }
        try socket.perform(message, "set the channel of \(saved.name)")
    }

    /// Returns the same interface with ``WirelessInterface/powerSaving``, which the kernel reports in another message.
    public func withPowerSaving(_ interface: WirelessInterface) throws(NetlinkError) -> WirelessInterface {
        guard let index = interface.index else { return interface }
        let message = request(NL80211_CMD_GET_POWER_SAVE)
        message.put(NL80211_ATTR_IFINDEX, UInt32(bitPattern: index))
        do throws(NetlinkError) {
            let answer = try socket.query(message, "read the power saving of \(interface.name)").first
            let state = answer?.attributes(after: genlmsghdr.self)[NL80211_ATTR_PS_STATE]
            return interface.with(powerSaving: state?.number)
        } catch {
            // The driver, or the mode, has no power saving.
            guard error.code == .notSupportedOnSocket else { throw error }
            return interface
        }
    }

    /// Restores whether an interface sleeps between packets.
    public func restorePowerSaving(_ saved: WirelessInterface, of index: Int32) throws(NetlinkError) {
        guard let state = saved.powerSaving else { return }
        let message = request(NL80211_CMD_SET_POWER_SAVE)
        message.put(NL80211_ATTR_IFINDEX, UInt32(bitPattern: index))
        message.put(NL80211_ATTR_PS_STATE, state)
        try socket.perform(message, "set the power saving of \(saved.name)")
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
