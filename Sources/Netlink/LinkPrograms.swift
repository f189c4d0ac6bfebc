internal import CNetlink

/// How a packet program hangs on an interface: XDP, linux/if_link.h.
public struct XDPMode: Hashable, Sendable, CaseIterable {
    /// What says the program's number (IFLA_XDP_…_PROG_ID).
    fileprivate let attribute: Int
    /// What asks for the mode (XDP_FLAGS_…_MODE).
    fileprivate let flag: UInt32

    /// In the driver.
    static let driver = XDPMode(attribute: IFLA_XDP_DRV_PROG_ID, flag: 1 << 2)
    /// Behind the driver.
    static let generic = XDPMode(attribute: IFLA_XDP_SKB_PROG_ID, flag: 1 << 1)
    /// In the hardware.
    static let hardware = XDPMode(attribute: IFLA_XDP_HW_PROG_ID, flag: 1 << 3)

    /// All of them.
    public static let allCases = [driver, generic, hardware]
}

extension Link {
    /// The number of the packet program that hangs on it in a mode. Nil for none.
    public func xdpProgram(_ mode: XDPMode) -> UInt32? {
        message.attributes(after: ifinfomsg.self)[IFLA_XDP]?.nested[mode.attribute]?.number
    }
}

extension NetlinkSocket {
    /// Takes a packet program off an interface. EBUSY: it hangs on a BPF link, which whoever made it holds.
    public func detachXDPProgram(_ mode: XDPMode, from index: Int32) throws(NetlinkError) {
        let message = change(index)
        message.nest(IFLA_XDP | Int(NLA_F_NESTED)) { program in
            program.put(IFLA_XDP_FD, UInt32.max)  // -1
            program.put(IFLA_XDP_FLAGS, mode.flag)
        }
        try perform(message, "remove the packet program of interface \(index)")
    }
}
