import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import Netlink

/// The throw-away host of these tests: a veth pair `eth0`–`peer`, both up.
private let cable = "ip link add eth0 type veth peer name peer && ip link set peer up && ip link set eth0 up"

private func networkNamespace(of container: TestContainer) throws -> Namespace {
    try Namespace(.network, path: FilePath("/proc/\(container.id)/ns/net"))
}

@Suite struct LinkTests {
    @Test func findsByNameAndAlternativeName() throws {
        try onThrowawayHost {
            try sh("\(cable); ip link property add dev eth0 altname uplink-with-a-long-name")
            let socket = try NetlinkSocket()
            let link = try #require(try socket.link(named: "eth0"))
            #expect(link.name == "eth0")
            #expect(link.alternativeNames == ["uplink-with-a-long-name"])
            #expect(try socket.link(named: "uplink-with-a-long-name")?.index == link.index)
            #expect(try socket.link(link.index)?.name == "eth0")
            #expect(try socket.link(named: "eth1") == nil)
            #expect(try socket.link(4_711) == nil)
        }
    }

    /// What a namespace had that has ended, nobody has.
    @Test func aNamespaceThatHasEnded() throws {
        try onThrowawayHost {
            let socket = try NetlinkSocket()
            let container = try TestContainer()
            let number = try socket.assignedNSID(of: networkNamespace(of: container))
            #expect(try socket.links(inNamespace: number).map(\.name) == ["lo"])
            container.end()
            try until("! ip netns list-id | grep -q 'nsid \(number) '")
            #expect(try socket.links(inNamespace: number).isEmpty)
        }
    }

    /// A list during which something changes is asked for again, and the socket stays of use.
    @Test func aListThatIsInterrupted() throws {
        try onThrowawayHost {
            try sh("(for i in $(seq 300); do echo link add a$i type veth peer name b$i; done) | ip -batch -")
            let changes = try RunningCommand([
                "unshare", "--pid", "--fork", "--kill-child", "sh", "-c",
                "(while :; do echo link add x type bridge; echo link del x; done) | ip -force -batch -",
            ])
            defer { changes.end() }
            let socket = try NetlinkSocket()
            for _ in 0..<4 {
                do throws(NetlinkError) {
                    #expect(try socket.links().count >= 601)
                } catch {
                    #expect(error.code == .resourceTemporarilyUnavailable, "\(error)")
                }
                #expect(try socket.link(named: "a300")?.name == "a300")
            }
        }
    }

    @Test func readsWhatTheKernelSaysOfALink() throws {
        try onThrowawayHost {
            try sh(
                """
                \(cable)
                ip link set eth0 mtu 1400 address 02:00:00:00:00:07 txqueuelen 77 group 5 alias 'to the lab' promisc on
                """)
            let socket = try NetlinkSocket()
            let link = try #require(try socket.link(named: "eth0"))
            #expect(link.mtu == 1400)
            #expect(link.hardwareAddress == [2, 0, 0, 0, 0, 7])
            #expect(link.transmitQueueLength == 77)
            #expect(link.group == 5)
            #expect(String(decoding: link.alias, as: UTF8.self) == "to the lab")
            #expect(link.flags.isSuperset(of: [.up, .promiscuous]))
            #expect(link.kind == "veth")
            #expect(link.permanentAddress == nil)
        }
    }

    @Test func movesUnderANameAndANumber() throws {
        try onThrowawayHost {
            try sh(cable)
            let container = try TestContainer()
            let there = try networkNamespace(of: container)
            let host = try NetlinkSocket()
            let inside = try NetlinkSocket.open(in: there)
            let index = try #require(try host.link(named: "eth0")).index
            try host.move(index, to: there, as: 4_242, named: "lan0")
            #expect(try host.link(named: "eth0") == nil)
            #expect(try inside.link(4_242)?.name == "lan0")
            #expect(try container.sh("ip -br link show lan0").contains("lan0"))
        }
    }

    /// A number that is taken there is refused before anything moves; the facts that attach builds on.
    @Test func aTakenNumberMovesNothing() throws {
        try onThrowawayHost {
            try sh(cable)
            let container = try TestContainer()
            let there = try networkNamespace(of: container)
            let host = try NetlinkSocket()
            let index = try #require(try host.link(named: "eth0")).index
            let error = #expect(throws: NetlinkError.self) { try host.move(index, to: there, as: 1, named: "lan0") }
            #expect(error?.code == .resourceBusy)
            #expect(try host.link(index)?.name == "eth0")
        }
    }

    /// A name that is taken there comes back as an error after the move: the kernel renames second.
    @Test func aTakenNameMovesAllTheSame() throws {
        try onThrowawayHost {
            try sh(cable)
            let container = try TestContainer()
            try container.sh("ip link add lan0 type veth peer name other")
            let there = try networkNamespace(of: container)
            let host = try NetlinkSocket()
            let index = try #require(try host.link(named: "eth0")).index
            let error = #expect(throws: NetlinkError.self) { try host.move(index, to: there, as: 4_242, named: "lan0") }
            #expect(error?.code == .fileExists)
            #expect(try NetlinkSocket.open(in: there).link(4_242)?.name == "eth0")
        }
    }

    @Test func whatCannotMoveIsRefused() throws {
        try onThrowawayHost {
            let container = try TestContainer()
            let there = try networkNamespace(of: container)
            let host = try NetlinkSocket()
            let error = #expect(throws: NetlinkError.self) { try host.move(1, to: there, as: 4_242, named: "lan0") }
            #expect(error?.code == .invalidArgument)
            #expect(try host.link(1)?.name == "lo")
        }
    }

    /// What a move would be refused for is found out without one: on all kernels, also where these say it in another way.
    @Test(arguments: [("lo", true), ("br0", true), ("eth0", false), ("peer", false), ("down0", false)])
    func asksWhetherItCanMove(name: String, isRefused: Bool) throws {
        try onThrowawayHost {
            try sh(
                """
                \(cable); ip link add br0 type bridge; ip link set br0 up; ip link add down0 type veth peer name other
                ip addr add 192.0.2.1/24 dev eth0; ip addr add 2001:db8::1/64 dev eth0 nodad
                """)
            let container = try TestContainer()
            // A name that is taken there is no other answer.
            try container.sh("ip link add peer type veth peer name other")
            let there = try networkNamespace(of: container)
            let socket = try NetlinkSocket()
            let link = try #require(try socket.link(named: LinkName(name)))
            let dump = "ip -br link; ip addr | grep -v -e fe80 -e _lft; ip route"
            let before = try sh(dump)
            #expect(try socket.refusesMove(of: link.index, to: there) == isRefused)
            #expect(try socket.isNetnsImmutable(link, for: there) == isRefused)
            #expect(try sh(dump) == before)
        }
    }

    @Test func setsProperties() throws {
        try onThrowawayHost {
            try sh(cable)
            let socket = try NetlinkSocket()
            let index = try #require(try socket.link(named: "eth0")).index
            var changes = LinkChanges()
            changes.mtu = 1300
            changes.hardwareAddress = [2, 0, 0, 0, 0, 9]
            changes.alias = Array("x".utf8)
            changes.flagsOff = .up
            try socket.set(changes, of: index)
            try socket.addAlternativeName("one", to: index)
            try socket.addAlternativeName("two", to: index)
            try socket.removeAlternativeNames(["one"], of: index)
            let link = try #require(try socket.link(index))
            #expect(link.mtu == 1300)
            #expect(link.hardwareAddress == [2, 0, 0, 0, 0, 9])
            #expect(!link.flags.contains(.up))
            #expect(link.alternativeNames == ["two"])
        }
    }
}
