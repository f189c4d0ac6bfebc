internal import CNetlink

/// Where an XDP program runs: linux/if_link.h.
public struct XDPMode: Hashable, Sendable, CaseIterable {
    /// The attribute with the program's id.
    fileprivate let attribute: Int
    /// The flag that selects the mode.
    fileprivate let flag: UInt32

    /// In the driver.
    static let driver = XDPMode(attribute: IFLA_XDP_DRV_PROG_ID, flag: UInt32(XDP_FLAGS_DRV_MODE))
    /// In the network stack, after the driver.
    static let generic = XDPMode(attribute: IFLA_XDP_SKB_PROG_ID, flag: UInt32(XDP_FLAGS_SKB_MODE))
    /// In the hardware.
    static let hardware = XDPMode(attribute: IFLA_XDP_HW_PROG_ID, flag: UInt32(XDP_FLAGS_HW_MODE))

    /// All modes.
    public static let allCases = [driver, generic, hardware]
}

extension Link {
    /// Returns the id of the XDP program that is attached in a mode, or nil when there is none.
    public func xdpProgram(_ mode: XDPMode) -> UInt32? {
        attributes[IFLA_XDP]?.nested[mode.attribute]?.number
    }
}

extension NetlinkSocket {
    /// Detaches the XDP program of a mode from an interface. The error is EBUSY when a BPF link holds the program: only the
    /// link's owner can detach it then.
    public func detachXDPProgram(_ mode: XDPMode, from index: Int32) throws(NetlinkError) {
        let message = change(index)
        message.nest(IFLA_XDP) { program in
            program.put(IFLA_XDP_FD, Int32(-1))
            program.put(IFLA_XDP_FLAGS, mode.flag)
        }
        try perform(message, "detach the XDP program of interface \(index)")
    }
}
