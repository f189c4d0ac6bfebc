import Netlink
import TestHost
import Testing

/// nl80211's messages, as Linux 6.1 sends them: linux/nl80211.h. Real ones are read by the tests in the guest.
@Suite struct RadioMessageTests {
    /// A message of attributes, each of a type and a value.
    private func message(_ attributes: [(type: UInt8, value: [UInt8])]) -> KernelMessage {
        var bytes: [UInt8] = [3, 1, 0, 0]
        for attribute in attributes {
            bytes += [UInt8(4 + attribute.value.count), 0, attribute.type, 0] + attribute.value
            bytes += [UInt8](repeating: 0, count: (4 - attribute.value.count % 4) % 4)
        }
        return KernelMessage(type: 30, bytes: bytes)
    }

    private func commands(_ numbers: UInt8...) -> (type: UInt8, value: [UInt8]) {
        (50, numbers.enumerated().flatMap { [8, 0, UInt8($0.offset + 1), 0, $0.element, 0, 0, 0] })
    }

    private let phy: [(type: UInt8, value: [UInt8])] = [(1, [7, 0, 0, 0]), (2, Array("phy3\0".utf8))]

    @Test func aRadioInSeveralMessages() throws {
        // NL80211_CMD_SET_WIPHY_NETNS is number 49.
        let radio = try #require(Radio([message(phy), message(phy + [commands(7, 49)])]))
        #expect(radio.number == 7)
        #expect(radio.name == "phy3")
        #expect(radio.canMove)
        #expect(try #require(Radio([message(phy + [commands(7, 48, 50)])])).canMove == false)
        #expect(try #require(Radio([message(phy)])).canMove == false)
        #expect(Radio([]) == nil)
        #expect(Radio([message([(2, [65, 0])])]) == nil)
    }

    @Test func anInterface() throws {
        let id: [UInt8] = [2, 0, 0, 0, 7, 0, 0, 0]
        let station = message([
            (3, [9, 0, 0, 0]), (4, Array("wlan0\0".utf8)), (1, [7, 0, 0, 0]), (5, [2, 0, 0, 0]), (153, id), (83, [1]),
        ])
        let interface = try #require(WirelessInterface(station))
        #expect(interface.index == 9)
        #expect(interface.name == "wlan0")
        #expect(interface.radio == 7)
        #expect(interface.id == 0x7_0000_0002)
        #expect(interface.mode == WirelessInterface.Mode(type: 2, usesFourAddresses: true))
        #expect("\(interface.mode)" == "managed with four addresses")
        // A part for P2P discovery is no network interface.
        let discovery = try #require(WirelessInterface(message([(1, [7, 0, 0, 0]), (5, [10, 0, 0, 0]), (153, id)])))
        #expect(discovery.index == nil)
        #expect(discovery.name == "")
        #expect("\(discovery.mode)" == "P2P-device")
        #expect("\(WirelessInterface.Mode(type: 99, usesFourAddresses: false))" == "type 99")
        #expect(WirelessInterface(message([(1, [7, 0, 0, 0])])) == nil)
    }

    /// A machine without Wi-Fi, or an interface that needs no radio: nothing is found, and no module is loaded for it.
    @Test func aCableIsNoRadio() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer")
            let index = try #require(try NetlinkSocket().link(named: "eth0")).index
            let modules = "cut -d' ' -f1 /proc/modules 2>/dev/null | grep cfg80211 || true"
            let before = try sh(modules)
            let radios = try RadioSocket()
            #expect(try sh(modules) == before)
            #expect(try radios?.interface(index) == nil)
            #expect(try radios?.radio(1 << 20) == nil)
            #expect(try radios?.interfaces(of: 1 << 20) ?? [] == [])
        }
    }
}
