internal import CNetlink
internal import SystemPackage

// What iw(8) sets of a radio and of its interfaces, as far as the kernel says it too: the power of sending it does not.
extension RadioSocket {
    /// Puts back what somebody has changed of a radio: its name, and the settings of iw(8) that can be read. What the
    /// kernel refuses comes back.
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

    /// Puts a monitor on the channel on which it was. EBUSY: another interface of the radio is up, and decides.
    public func restoreChannel(_ saved: WirelessInterface, of index: Int32) throws(NetlinkError) {
        guard !saved.channel.isEmpty else { return }
        let message = request(NL80211_CMD_SET_CHANNEL)
        message.put(NL80211_ATTR_IFINDEX, UInt32(bitPattern: index))
        for attribute in saved.channel { message.put(Int(attribute.type.rawValue), attribute.value) }
        try socket.perform(message, "set the channel of \(saved.name)")
    }

    /// The same interface with what the kernel says in another message: whether it sleeps between packets.
    public func withPowerSaving(_ interface: WirelessInterface) throws(NetlinkError) -> WirelessInterface {
        guard let index = interface.index else { return interface }
        let message = request(NL80211_CMD_GET_POWER_SAVE)
        message.put(NL80211_ATTR_IFINDEX, UInt32(bitPattern: index))
        do throws(NetlinkError) {
            let answer = try socket.query(message, "read the power saving of \(interface.name)").first
            let state = answer?.attributes(after: genlmsghdr.self)[NL80211_ATTR_PS_STATE]
            return interface.with(powerSaving: state?.number)
        } catch {
            // A driver, or a mode, that knows nothing of that.
            guard error.code == .notSupportedOnSocket else { throw error }
            return interface
        }
    }

    /// Lets an interface sleep between packets, or not, as it did.
    public func restorePowerSaving(_ saved: WirelessInterface, of index: Int32) throws(NetlinkError) {
        guard let state = saved.powerSaving else { return }
        let message = request(NL80211_CMD_SET_POWER_SAVE)
        message.put(NL80211_ATTR_IFINDEX, UInt32(bitPattern: index))
        message.put(NL80211_ATTR_PS_STATE, state)
        try socket.perform(message, "set the power saving of \(saved.name)")
    }
}
