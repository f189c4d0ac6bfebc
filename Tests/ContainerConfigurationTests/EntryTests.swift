import Containers
import HostdevModel
import Passthrough
import Testing

@testable import ContainerConfiguration

/// What configurations say of devices, in the words of a document. Needs neither root nor the files of an engine.
@Suite struct EntryTests {
    private static func openVZ(_ text: String) -> OpenVZConf { OpenVZConf(bytes: Array(text.utf8), id: "101") }
    private static func lxc(_ text: String) -> LXCConfig { LXCConfig(bytes: Array(text.utf8)) }

    @Test func interfacesOfOpenVZ() throws {
        var conf = Self.openVZ("NETDEV=\"eth1\"\n")
        #expect(try conf.entries.map(\.name) == ["eth1"])
        #expect(try conf.entries.map(\.hostdev) == [Hostdev(.net(NetDevice(source: .name(try InterfaceName("eth1")))))])

        let new = Hostdev(.net(NetDevice(source: .name(try InterfaceName("eth2")))))
        for entry in try conf.entries(for: new) { conf.add(entry) }
        #expect(conf.words(.netdev) == ["eth1", "eth2"])
        #expect(throws: ConfiguredAlready.self) { try conf.entries(for: new) }

        conf.remove(try #require(conf.entries.first))
        #expect(conf.words(.netdev) == ["eth2"])
    }

    @Test(arguments: [
        ("c:10:200:rw", false), ("c:10:200:r", true), ("c:10:200:none", nil), ("c:10:all:rw", nil), ("c:x:y:rw", nil),
    ])
    func numbersOfOpenVZ(word: String, isReadOnly: Bool?) throws {
        let entry = try #require(Self.openVZ("DEVICES=\"\(word)\"\n").entries.first)
        let file = entry.hostdev.flatMap { if case .misc(let file) = $0.device { file } else { nil } }
        #expect(file?.isReadOnly == isReadOnly)
    }

    @Test func interfacesOfLXC() throws {
        let config = Self.lxc(
            """
            lxc.net.0.type = veth
            lxc.net.0.link = br0
            lxc.net.3.type = phys
            lxc.net.3.link = eth1
            lxc.net.3.name = lan0
            lxc.net.3.flags = up
            lxc.net.3.mtu = 1400
            lxc.net.3.ipv4.address = 192.0.2.7/24 192.0.2.255
            lxc.net.3.ipv4.gateway = 192.0.2.1

            """)
        var device = NetDevice(source: .name(try InterfaceName("eth1")))
        device.targetName = .name(try InterfaceName("lan0"))
        device.mtu = try MTU("1400")
        device.addresses = [try InterfaceAddress(IPPrefix("192.0.2.7/24"))]
        device.routes = [try Route(destination: IPPrefix("0.0.0.0/0"), gateway: IPAddress("192.0.2.1"))]
        #expect(try config.entries.map(\.hostdev) == [Hostdev(.net(device))])
        #expect(try config.entries.map(\.place) == ["lxc.net.3"])
        // The veth has no name of its own: it gets the first that is free when LXC makes it.
        #expect(config.networks.map(\.name) == ["eth0", "lan0"])

        // A new one comes behind it, and says the same of it.
        var other = device
        other.source = .name(try InterfaceName("eth2"))
        var changed = config
        for entry in try config.entries(for: Hostdev(.net(other))) { changed.add(entry) }
        #expect(try changed.entries.map(\.place) == ["lxc.net.3", "lxc.net.4"])
        #expect(try changed.entries.last?.hostdev == Hostdev(.net(other)))
        try changed.remove(try #require(changed.entries.last))
        #expect(changed == config)
    }

    @Test func whatCannotBeSaidIsRefused() throws {
        var device = NetDevice(source: .name(try InterfaceName("eth1")))
        device.mtu = try MTU("1400")
        #expect(throws: PassthroughError.self) { try Self.openVZ("").entries(for: Hostdev(.net(device))) }
        device.targetName = try TargetName("lan%d")
        #expect(throws: PassthroughError.self) { try Self.lxc("").entries(for: Hostdev(.net(device))) }
    }

    @Test func aSelectorMeansOneDevice() throws {
        let conf = Self.lxc(
            """
            lxc.net.0.type = phys
            lxc.net.0.link = eth1
            lxc.net.0.name = eth2
            lxc.net.1.type = phys
            lxc.net.1.link = eth2
            lxc.net.1.name = a
            lxc.net.2.type = phys
            lxc.net.2.link = eth3
            lxc.net.2.name = a

            """)
        let web = try ContainerReference("lxc:web")
        func places(_ selector: DeviceSelector) throws -> [String] {
            try selector.entries(among: conf.entries, of: web, in: "config").map(\.place)
        }
        // The name on the host counts more than the name in the container.
        #expect(try places(.net("eth2")) == ["lxc.net.1"])
        #expect(try places(.id("web-lxc.net.2-eth3")) == ["lxc.net.2"])
        #expect(try places(.all) == ["lxc.net.0", "lxc.net.1", "lxc.net.2"])
        #expect(try places(.alias("ua-lan")) == [])
        #expect(throws: PassthroughError.self) { try places(.net("a")) }
    }
}
