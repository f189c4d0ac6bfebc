import FoundationEssentials
import TestHost
import Testing

/// What others have in an interface, they have again when it comes home. This kernel has bridges and macvlans; the guest's
/// has the rest.
@Suite struct PortReturnTests {
    @Test(arguments: [
        "ip link set eth0 master br0",
        """
        ip link set eth0 master br0
        ip link set eth0 type bridge_slave cost 77 priority 5 hairpin on guard on root_block on fastleave on learning off \\
            flood off mcast_flood off bcast_flood off mcast_router 2 isolated on proxy_arp on neigh_suppress on
        bridge fdb add 02:00:00:00:00:55 dev eth0 master static
        bridge fdb add 02:00:00:00:00:56 dev eth0 master permanent
        """,
        // Addresses that the interface listens to besides its own.
        "bridge fdb add 02:00:00:00:00:57 dev eth0 self",
        """
        ip link add link eth0 name mac0 type macvlan mode bridge; ip link set mac0 up mtu 1300
        ip addr add 10.5.0.1/24 dev mac0; ip addr add 2001:db8:5::1/64 dev mac0 nodad
        ip route add 10.6.0.0/16 via 10.5.0.9; ip -6 route add 2001:db8:6::/48 via 2001:db8:5::9
        """,
        // One that is down, and one that nobody gave an address.
        "ip link add link eth0 name mac0 type macvlan; ip link add link eth0 name mac1 type macvtap; ip link set mac1 up",
    ])
    func isAsBefore(script: String) throws {
        try onThrowawayHost {
            try Self.makeInterface()
            try sh(script)
            try Neighbourhood.settle()
            let before = try Neighbourhood.dump()
            let container = try TestContainer()
            let attach = try Program.run("attach", container.reference, "--net", "eth0:lan0", "--force")
            #expect(attach.status == 0, "\(attach)")
            try container.sh("ip link set lan0 address 02:00:00:00:00:99; ip link set lan0 mtu 1200")
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            try Neighbourhood.settle()
            let changes = try Neighbourhood.changes(since: before)
            #expect(changes == "")
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    private static func makeInterface() throws {
        try sh(
            """
            ip netns add lab; ip link add eth0 type veth peer name peer netns lab; ip -n lab link set peer up
            ip link add br0 type bridge; ip link set br0 up; ip link set eth0 up
            """)
    }

    /// Packets flow through the bridge again, and to a macvlan that the interface had been deaf to.
    @Test(arguments: ["ip link set eth0 master br0; dev=br0", "ip link add link eth0 name mac0 type macvlan; dev=mac0"])
    func packetsFlowAgain(script: String) throws {
        try onThrowawayHost {
            try Self.makeInterface()
            try sh(
                "\(script); ip link set $dev up; ip addr add 192.0.2.1/24 dev $dev; ip -n lab addr add 192.0.2.9/24 dev peer"
            )
            try Neighbourhood.settle()
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0:lan0", "--force").status == 0)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            let ping = try run(["ping", "-c1", "-w60", "192.0.2.9"])
            #expect(ping.status == 0, "\(ping)")
        }
    }

    /// A bridge that was made anew takes its port; one that is gone is said to be.
    @Test func aBridgeThatIsGone() throws {
        try onThrowawayHost {
            try Self.makeInterface()
            let container = try TestContainer()
            for isMadeAnew in [true, false] {
                try sh("ip link set eth0 master br0")
                #expect(try Program.run("attach", container.reference, "--net", "eth0", "--force").status == 0)
                try sh("ip link del br0; \(isMadeAnew ? "ip link add br0 type bridge; ip link set br0 up" : ":")")
                let detach = try Program.run("detach", container.reference, "--all")
                #expect(detach.status == (isMadeAnew ? 0 : 1), "\(detach)")
                #expect(isMadeAnew || detach.errors.contains("no bridge br0 any more"), "\(detach)")
                #expect(try sh("ip link show eth0").contains("master br0") == isMadeAnew)
                #expect(try Program.run("list").output == "")
            }
        }
    }

    /// The interface comes home under another number, since somebody has taken its own, and its rules find it by name.
    @Test func underAnotherNumber() throws {
        try onThrowawayHost {
            try HostInterface.make()
            try sh("ip -6 rule add oif eth0 table 78 pref 7002; ip rule add iif eth0 goto 7001 pref 6999")
            let number = try sh("ip -o link show eth0 | cut -d: -f1").dropLast()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0").status == 0)
            #expect(try sh("ip rule").contains("[detached]"))
            try sh("ip link add thief index \(number) type veth peer name fence")
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            let now = try sh("ip -o link show eth0 | cut -d: -f1").dropLast()
            #expect(number != now)
            let after = try HostInterface.dump().replacing("\(now): eth0", with: "\(number): eth0")
            let rules = try sh("ip rule; ip -6 rule")
            #expect(!rules.contains("[detached]"), "\(rules)")
            #expect(difference(from: before, to: after) == "")
        }
    }
}
