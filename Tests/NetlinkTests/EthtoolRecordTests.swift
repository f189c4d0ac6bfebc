import CNetlink
import Testing

@testable import Netlink

/// What is to be set again of a driver's settings.
@Suite struct EthtoolRecordTests {
    /// The modes of wake-on-LAN that a reply says are on, and those that the card supports.
    private func wakeOnLAN(_ modes: UInt32, supported: UInt32) -> EthtoolRecord {
        let set =
            attribute(ETHTOOL_A_BITSET_SIZE, UInt32(8).littleEndianBytes)
            + attribute(ETHTOOL_A_BITSET_VALUE, modes.littleEndianBytes)
            + attribute(ETHTOOL_A_BITSET_MASK, supported.littleEndianBytes)
        let bytes = [UInt8](repeating: 0, count: 4) + attribute(ETHTOOL_A_WOL_MODES, set)
        return EthtoolRecord(KernelMessage(type: UInt16(ETHTOOL_MSG_WOL_GET), bytes: bytes))
    }

    /// A card that was plugged in again may not support what it did: the kernel would refuse that.
    @Test(
        arguments: [
            // Modes on and supported then, and now; the modes that are set.
            (0x20, 0x2f, 0, 0x2f, 0x20), (0x20, 0x2f, 0x20, 0x2f, nil), (0x20, 0x2f, 0, 0, nil), (0x22, 0x2f, 0, 2, 2),
            (0, 0x2f, 0x20, 0x20, 0),
        ] as [(UInt32, UInt32, UInt32, UInt32, UInt32?)])
    func wakesByWhatItSupports(on: UInt32, supported: UInt32, onNow: UInt32, supportedNow: UInt32, set: UInt32?) {
        let changes = wakeOnLAN(on, supported: supported).changes(from: wakeOnLAN(onNow, supported: supportedNow))
        #expect(changes.first?.nested[ETHTOOL_A_BITSET_VALUE]?.number == set)
    }
}
