import LinuxSystem
import Netlink
import SystemPackage
import TestHost
import Testing

/// The settings of an interface, as rtnetlink says them and as the files do.
@Suite struct LinkSettingsTests {
    private static let cable = "ip link add eth0 type veth peer name peer; ip link set peer up; ip link set eth0 up"
    private static let folder: FilePath = "/proc/sys/net/ipv6/conf/eth0"

    /// Every file that the kernel has says what its number in the message says, whatever is written there.
    @Test func eachFileHasItsNumber() throws {
        try onThrowawayHost {
            try sh(Self.cable)
            let socket = try NetlinkSocket()
            let index = try #require(try socket.link(named: "eth0")).index
            var compared = 0
            for file in try directoryEntries(Self.folder) where IPv6Setting.files.contains(file) {
                // Each takes one of these; disable_ipv6 would take the others away.
                let values = file == "disable_ipv6" ? ["0"] : ["3", "2", "1", "1290", "0"]
                let before = try value(of: file)
                _ = values.first { $0 != before && (try? writeControl(Self.folder.appending(file), $0)) != nil }
                let setting = try socket.link(index)?.ipv6Settings.first { $0.file == file }
                let now = try value(of: file)
                #expect(setting?.text == now, "\(file)")
                compared += now == before ? 0 : 1
            }
            #expect(compared > 40)
        }
    }

    private func value(of file: String) throws -> String {
        String(try readText(Self.folder.appending(file)).dropLast())
    }

    @Test func setsIPv4SettingsAndHowAddressesAreMade() throws {
        try onThrowawayHost {
            try sh(Self.cable)
            let socket = try NetlinkSocket()
            let index = try #require(try socket.link(named: "eth0")).index
            var changes = LinkChanges()
            changes.ipv4Settings = [1: 1, 18: 2]  // forwarding, arp_announce
            changes.addressGenerationMode = 1
            changes.addressToken = [UInt8](repeating: 0, count: 15) + [9]
            try socket.set(changes, of: index)
            #expect(
                try sh(
                    "cd /proc/sys/net; cat ipv4/conf/eth0/forwarding ipv4/conf/eth0/arp_announce; ip token show dev eth0"
                )
                    == "1\n2\ntoken ::9 dev eth0\n")
            let link = try #require(try socket.link(index))
            #expect(link.ipv4Settings[1] == 1)
            #expect(link.ipv4Settings[18] == 2)
            #expect(link.addressGenerationMode == 1)
            #expect(link.addressToken?.last == 9)
        }
    }
}
