import FoundationEssentials
import TestHost
import Testing

/// What an interface was on the host, it is again when it comes home, whatever that was.
@Suite struct InterfaceReturnTests {
    struct Configuration: Sendable, CustomTestStringConvertible {
        let name: String
        /// What is done to `eth0`, which is up and has 192.0.2.1/24 and 2001:db8::1/64.
        let script: String
        /// What the dump says of it: proof that it took effect.
        let sign: String
        var testDescription: String { name }
    }

    /// Of a kind of which nobody can tell one from another, a container has one and another container has the other.
    @Test(
        arguments: [
            "link base type macvlan mode bridge", "type vxlan id NUMBER dstport 4789 remote 192.0.2.9 dev base",
            "type ifb",
            "tap", "veth",
        ], ["deleted", "moved on", "moved on to where it ended"])
    func neverAnotherOfItsKind(kind: String, fate: String) throws {
        try onThrowawayHost {
            try sh("ip link add base type veth peer name base-peer; ip link set base up")
            for number in 1...2 {
                let words = kind.replacing("NUMBER", with: "\(number)")
                try sh(
                    kind == "tap"
                        ? "ip tuntap add d\(number) mode tap"
                        : kind == "veth"
                            ? "ip link add d\(number) type veth peer name peer\(number)"
                            : "ip link add d\(number) \(words)")
            }
            let (one, other) = (try TestContainer(), try TestContainer())
            #expect(try Program.run("attach", other.reference, "--net", "d2").status == 0)
            #expect(try Program.run("attach", one.reference, "--net", "d1").status == 0)
            let before = try other.sh("ip -d link show d2")
            let nested = """
                unshare -n sleep 1000 > /dev/null 2>&1 & b=$!
                until [ "$(readlink /proc/$b/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
                ip link set d1 netns $b
                """
            switch fate {
            case "deleted": try one.sh("ip link del d1")
            case "moved on": try one.sh(nested)
            default:
                try one.sh(nested + "\nkill -9 $b")
                // The kernel takes its time with namespaces.
                try sh("sleep 0.5")
            }
            let detach = try Program.run("detach", one.reference, "--all")
            #expect(detach.status == (fate == "moved on" ? 0 : 1), "\(detach)")
            #expect(try other.sh("ip -d link show d2") == before)
            #expect(try sh("ip -br link | grep -c '^d[12]' || true") == (fate == "moved on" ? "1\n" : "0\n"))
            #expect(try Program.run("detach", other.reference, "--all").status == 0)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// Unplugged where it was, and plugged in again: nobody waits for a name for it, and the new one is left alone.
    @Test(arguments: [
        "detach REF --net eth0", "detach REF --net lan0", "detach REF --all", "detach REF -", "apply REF -",
    ])
    func goneWhileTheHostHasAnotherOfItsName(command: String) throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name p0; ip link add eth1 type veth peer name p1")
            let container = try TestContainer()
            let attach = try Program.run("attach", container.reference, "--net", "eth0:lan0", "--net", "eth1:lan1")
            #expect(attach.status == 0, "\(attach)")
            try sh("ip link del p0; ip link add eth0 type veth peer name p0; ip link set eth0 mtu 1400")
            let new = try sh("ip -d link show eth0")
            let words = command.replacing("REF", with: container.reference).split(separator: " ").map(String.init)
            let names = command.hasPrefix("detach") ? ["eth0"] : []
            let document = names.map { "<hostdev mode='capability'><source name='\($0)'/></hostdev>" }.joined()
            let taken = try Program.run(
                words + (command.hasPrefix("apply") ? ["--no-watch"] : []), input: "<devices>\(document)</devices>")
            #expect(taken.status == 1 && taken.errors.contains("eth0 is gone"), "\(taken)")
            #expect(try !Program.run("list").output.contains("eth0"))
            #expect(try sh("ip -d link show eth0") == new)
            // What is not gone is refused as before.
            if try Program.run("list").output.contains("eth1") {
                try sh("ip link add eth1 type veth peer name q1")
                let refused = try Program.run("detach", container.reference, "--net", "eth1")
                #expect(refused.status == 1 && refused.errors.contains("another interface eth1"), "\(refused)")
            }
        }
    }

    @Test(arguments: [
        // Settings that a move resets: in rtnetlink, in files, and of the neighbours.
        Configuration(
            name: "IPv4 settings", script: "echo 1 > /proc/sys/net/ipv4/conf/eth0/arp_ignore",
            sign: "ipv4/conf/eth0/arp_ignore:1"),
        Configuration(
            name: "IPv6 settings", script: "echo 2 > /proc/sys/net/ipv6/conf/eth0/accept_ra",
            sign: "ipv6/conf/eth0/accept_ra:2"),
        Configuration(
            name: "an IPv6 setting in seconds", script: "echo 9 > /proc/sys/net/ipv6/conf/eth0/router_probe_interval",
            sign: "ipv6/conf/eth0/router_probe_interval:9"),
        Configuration(
            name: "an IPv6 setting beyond 31 bits",
            script: "echo 4294967295 > /proc/sys/net/ipv6/conf/eth0/ra_defrtr_metric",
            sign: "ipv6/conf/eth0/ra_defrtr_metric:4294967295"),
        Configuration(
            name: "neighbour settings", script: "echo 77 > /proc/sys/net/ipv4/neigh/eth0/gc_stale_time",
            sign: "ipv4/neigh/eth0/gc_stale_time:77"),
        // IPv6 switched off for the interface, or for all but the interface: no address before that is set right.
        Configuration(
            name: "no IPv6", script: "echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6",
            sign: "ipv6/conf/eth0/disable_ipv6:1"),
        Configuration(
            name: "IPv6 here alone", script: "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6",
            sign: "inet6 2001:db8::1/64"),
        // Too small for IPv6, which then knows nothing of the interface.
        Configuration(name: "a small MTU", script: "ip link set eth0 mtu 1000", sign: "mtu 1000"),
        Configuration(name: "a token", script: "ip token set ::42 dev eth0", sign: "token ::42"),
        // Down: what it had stays, without routes.
        Configuration(
            name: "down", script: "ip link set eth0 down; ip addr add 2001:db8::9/64 dev eth0", sign: "state DOWN"),
        Configuration(
            name: "flags",
            script:
                "ip link set eth0 multicast off; ip link set eth0 arp off; ip link set eth0 promisc on; ip link set eth0 allmulticast on",
            sign: "<BROADCAST,NOARP,ALLMULTI,PROMISC,"),
        // The first address of a network is the primary one; IPv6 lists the newest first.
        Configuration(
            name: "several addresses",
            script: """
                ip addr add 192.0.2.3/24 dev eth0; ip addr add 192.0.2.2/24 dev eth0
                ip addr add 2001:db8::3/64 dev eth0 nodad; ip addr add 2001:db8::2/64 dev eth0 nodad
                """, sign: "192.0.2.2/24 scope global secondary"),
        Configuration(
            name: "particular addresses",
            script: """
                ip addr add 198.51.100.1 peer 198.51.100.2/32 dev eth0 label eth0:p2p
                ip addr add 203.0.113.1/24 dev eth0 noprefixroute metric 77 scope link broadcast 203.0.113.99
                ip addr add 2001:db8:7::1 peer 2001:db8:7::2/128 dev eth0 nodad metric 5
                ip addr add 2001:db8:8::1/64 dev eth0 home noprefixroute nodad
                """, sign: "scope link noprefixroute eth0"),
        // Routes that the kernel makes for an address, and that somebody had taken away or replaced.
        Configuration(
            name: "no network route",
            script: "ip route del 192.0.2.0/24 dev eth0; ip -6 route del 2001:db8::/64 dev eth0", sign: "192.0.2.1"),
        Configuration(
            name: "no broadcast route", script: "ip route del broadcast 192.0.2.255 dev eth0 table local",
            sign: "local 192.0.2.1"),
        Configuration(
            name: "another network route",
            script:
                "ip route del 192.0.2.0/24 dev eth0; ip route add 192.0.2.0/24 dev eth0 src 192.0.2.1 metric 9 mtu 1200",
            sign: "metric 9 mtu 1200"),
        // Gateways that are reached through other routes, in an order in which they cannot be added.
        Configuration(
            name: "routes behind routes",
            script: """
                ip route add 10.0.0.0/24 dev eth0 metric 9
                ip route add default via 10.0.0.1 table 5 metric 1
                ip route add 10.1.0.0/16 via 192.0.2.9 onlink dev eth0
                ip route add 10.2.0.0/16 via 10.0.0.1 proto static
                ip -6 route add 2001:db8:9::/48 via fe80::9 dev eth0 table 9 pref high
                """, sign: "10.2.0.0/16 via 10.0.0.1"),
        Configuration(
            name: "routes over two interfaces",
            script: """
                ip route add 10.9.0.0/16 nexthop via 192.0.2.9 dev eth0 weight 2 nexthop via 10.7.0.9 dev eth7
                ip -6 route add 2001:db8:9::/48 nexthop via 2001:db8::9 dev eth0 nexthop via 2001:db8:7::9 dev eth7
                """, sign: "weight 2"),
        // What of such a route is left at home goes with its other interface.
        Configuration(
            name: "shared next hops",
            script: """
                ip nexthop add id 5 via 192.0.2.9 dev eth0; ip nexthop add id 6 via 10.7.0.9 dev eth7
                ip nexthop add id 7 group 5,2/6; ip nexthop add id 8 via 2001:db8::9 dev eth0
                ip route add 10.5.0.0/16 nhid 5; ip route add 10.6.0.0/16 nhid 7; ip -6 route add 2001:db8:9::/48 nhid 8
                """, sign: "10.6.0.0/16 nhid 7"),
        // With accept_ra off a program listens to routers, and the route is the program's.
        Configuration(
            name: "a program's router",
            script: """
                echo 0 > /proc/sys/net/ipv6/conf/eth0/accept_ra
                ip -6 route add default via fe80::1 dev eth0 proto ra expires 900
                """, sign: "proto ra"),
        // Rules wait for the name and take hold again.
        Configuration(
            name: "rules", script: "ip rule add iif eth0 table 7 pref 70; ip -6 rule add oif eth0 table 7 pref 71",
            sign: "70:\tfrom all iif eth0 lookup 7"),
        Configuration(
            name: "proxies", script: "ip neigh add proxy 192.0.2.50 dev eth0; ip neigh add proxy 2001:db8::50 dev eth0",
            sign: "2001:db8::50 dev eth0"),
        Configuration(
            name: "permanent neighbours",
            script:
                "ip neigh add 192.0.2.51 lladdr 02:00:00:00:00:51 dev eth0; ip neigh add 2001:db8::51 lladdr 02:00:00:00:00:51 dev eth0 router",
            sign: "router PERMANENT"),
        // Queueing disciplines that are exact in the kernel's message.
        Configuration(
            name: "tbf", script: "tc qdisc add dev eth0 root tbf rate 3mbit burst 9k limit 30k", sign: "qdisc tbf 80"),
        Configuration(
            name: "pfifo", script: "tc qdisc add dev eth0 root handle 5: pfifo limit 99", sign: "qdisc pfifo 5: root"),
        Configuration(name: "bfifo", script: "tc qdisc add dev eth0 root bfifo limit 9999", sign: "limit 9999b"),
        Configuration(name: "clsact", script: "tc qdisc add dev eth0 clsact", sign: "clsact ffff: parent ffff:fff1"),
        Configuration(name: "ingress", script: "tc qdisc add dev eth0 ingress", sign: "ingress ffff: parent ffff:fff1"),
    ])
    func isAsBefore(_ configuration: Configuration) throws {
        try onThrowawayHost {
            try sh(
                """
                ip link add eth0 type veth peer name peer; ip link set peer up
                ip link add eth7 type veth peer name peer7; ip link set peer7 up; ip link set eth7 up
                ip addr add 10.7.0.1/24 dev eth7; ip addr add 2001:db8:7::7/64 dev eth7 nodad
                ip link set eth0 up; ip addr add 192.0.2.1/24 dev eth0; ip addr add 2001:db8::1/64 dev eth0 nodad
                \(Self.settled)
                """)
            try sh(configuration.script)
            try sh(Self.settled)
            let before = try HostInterface.dump()
            #expect(before.contains(configuration.sign), "\(before)")
            let container = try TestContainer()
            let attach = try Program.run("attach", container.reference, "--net", "eth0:lan0", "--force")
            #expect(attach.status == 0, "\(attach)")
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            let changes = try HostInterface.changes(since: before)
            #expect(changes == "")
        }
    }

    private static let settled = "until ! ip addr show dev eth0 up | grep -q tentative; do sleep 0.05; done"

    /// An address that the kernel makes from a secret is made again by the kernel, and is the same. It asks the network
    /// about it, which takes a second.
    @Test func anAddressFromASecret() throws {
        try onThrowawayHost {
            try sh(
                """
                ip link add eth0 type veth peer name peer; ip link set peer up
                echo 2001:db8::5ec > /proc/sys/net/ipv6/conf/eth0/stable_secret
                ip link set eth0 up; \(Self.settled)
                """)
            let before = try HostInterface.dump()
            #expect(before.contains("stable-privacy"))
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0").status == 0)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            try sh(Self.settled)
            let changes = try HostInterface.changes(since: before)
            #expect(changes == "")
        }
    }

    /// Both interfaces of a route are away: each brings its hop, and the last makes the route whole.
    @Test(arguments: [["eth0", "eth1"], ["eth1", "eth0"]])
    func bothInterfacesOfARoute(order: [String]) throws {
        try onThrowawayHost {
            for (number, name) in ["eth0", "eth1"].enumerated() {
                try sh(
                    """
                    ip link add \(name) type veth peer name p\(name); ip link set p\(name) up; ip link set \(name) up
                    ip addr add 10.\(number).0.1/24 dev \(name); ip addr add 2001:db8:\(number)::1/64 dev \(name) nodad
                    """)
            }
            try sh(
                """
                ip route add 10.9.0.0/16 nexthop via 10.0.0.9 dev eth0 nexthop via 10.1.0.9 dev eth1
                ip -6 route add 2001:db8:9::/48 nexthop via 2001:db8::9 dev eth0 nexthop via 2001:db8:1::9 dev eth1
                \(Self.settled)
                """)
            let dump = "ip route; ip -6 route | grep -A2 2001:db8:9::"
            let before = try sh(dump)
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0", "--net", "eth1").status == 0)
            for name in order {
                let detach = try Program.run("detach", container.reference, "--net", name)
                #expect(detach.status == 0, "\(detach)")
            }
            #expect(try sh(dump) == before)
        }
    }

    /// Lifetimes go on while the interface is away, and what has none left does not come back.
    @Test func lifetimesGoOn() throws {
        try onThrowawayHost {
            try sh(
                """
                ip link add eth0 type veth peer name peer; ip link set peer up; ip link set eth0 up
                ip addr add 192.0.2.1/24 dev eth0 valid_lft 1000 preferred_lft 500
                ip addr add 192.0.2.2/24 dev eth0 valid_lft 4 preferred_lft 4
                ip addr add 192.0.2.3/24 dev eth0 valid_lft 1000 preferred_lft 4
                ip addr add 2001:db8::1/64 dev eth0 valid_lft 1000 preferred_lft 500 nodad
                ip addr add 2001:db8::2/64 dev eth0 valid_lft 4 preferred_lft 4 nodad
                ip -6 route add 2001:db8:1::/48 via 2001:db8::fe expires 1000
                ip -6 route add 2001:db8:2::/48 via 2001:db8::fe expires 4
                """)
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0").status == 0)
            try sh("sleep 5")
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            let addresses = try sh("ip addr show dev eth0")
            let routes = try sh("ip -6 route show dev eth0")
            for (subject, text) in [("192.0.2.1/24", addresses), ("2001:db8::1/64", addresses)] {
                let left = try #require(text.firstMatch(of: try Regex("\(subject)[^v]*valid_lft ([0-9]+)sec")))
                let seconds = try #require(left.output[1].substring.flatMap { Int($0) })
                #expect((900...995).contains(seconds), "\(text)")
            }
            #expect(addresses.contains(/192.0.2.3\/24.*deprecated/), "\(addresses)")
            let expires = try #require(routes.firstMatch(of: /2001:db8:1::\/48.*expires ([0-9]+)sec/))
            #expect((900...995).contains(Int(expires.output.1) ?? 0), "\(routes)")
            #expect(!addresses.contains("192.0.2.2") && !addresses.contains("2001:db8::2"), "\(addresses)")
            #expect(!routes.contains("2001:db8:2::"), "\(routes)")
        }
    }
}
