import TestHost
import Testing

/// What others have in an interface, and this machine's kernel need not know: bonds, VLANs, vrfs.
@Suite(.serialized) struct PortTests {
    init() throws {
        try sh("modprobe -a bonding 8021q bridge vrf team team_mode_roundrobin macvlan ipvlan macsec dummy veth")
    }

    @Test(arguments: [
        """
        ip link add bond0 type bond mode active-backup miimon 100; ip link set eth0 down; ip link set eth0 master bond0
        ip link set eth0 type bond_slave queue_id 3; ip link set bond0 up; ip addr add 192.0.2.9/24 dev bond0
        until ip -d link show eth0 | grep -q 'mii_status UP'; do sleep 0.1; done
        """,
        """
        ip link add br0 type bridge vlan_filtering 1; ip link set br0 up; ip link set eth0 master br0
        bridge vlan del vid 1 dev eth0; bridge vlan add vid 10-20 dev eth0; bridge vlan add vid 5 pvid untagged dev eth0
        bridge fdb add 02:00:00:00:00:55 dev eth0 master static vlan 5
        """,
        """
        ip link add br0 type bridge vlan_filtering 1; ip link set br0 up; ip link set eth0 master br0
        bridge vlan del vid 1 dev eth0
        seq 2 2 4094 | sed 's/^/vlan add dev eth0 vid /' | bridge -batch -
        """,
        """
        ip link add br0 type bridge vlan_filtering 1; ip link set br0 up; ip link set eth0 master br0
        bridge vlan del vid 1 dev eth0
        seq 2 5 4000 | awk '{print "vlan add dev eth0 vid " $1 "-" $1+2}' | bridge -batch -
        seq 4001 2 4091 | awk '{print "vlan add dev eth0 vid " $1 " untagged"}' | bridge -batch -
        """,
        """
        ip link add red type vrf table 99; ip link set red up; ip link set eth0 master red
        ip addr add 198.51.100.1/24 dev eth0; ip addr add 2001:db8:7::1/64 dev eth0 nodad
        ip route add 10.0.0.0/8 via 198.51.100.9 table 99; ip -6 route add 2001:db8:8::/48 via 2001:db8:7::9 table 99
        """,
        """
        ip link add team0 type team; ip link set eth0 down; ip link set eth0 master team0; ip link set eth0 up
        ip link set team0 up
        """,
        """
        ip link add link eth0 name eth0.5 type vlan id 5; ip link set eth0.5 up; ip addr add 10.5.0.1/24 dev eth0.5
        ip addr add 2001:db8:5::1/64 dev eth0.5 nodad; ip route add 10.6.0.0/16 via 10.5.0.9
        ip -6 route add 2001:db8:6::/48 via 2001:db8:5::9; echo 1 > /proc/sys/net/ipv4/conf/eth0.5/arp_ignore
        ip link add link eth0.5 name eth0.5.7 type vlan id 7; ip link set eth0.5.7 up
        ip addr add 10.7.0.1/24 dev eth0.5.7
        """,
        "ip link add link eth0 name ip0 type ipvlan mode l2; ip link set ip0 up; ip addr add 10.5.0.1/24 dev ip0",
    ])
    func isAsBefore(script: String) throws {
        try onThrowawayHost {
            try sh(
                """
                ip netns add lab; ip link add eth0 type veth peer name peer netns lab; ip -n lab link set peer up
                ip link set eth0 up; \(script)
                """)
            try Neighbourhood.settle()
            let before = try Neighbourhood.dump()
            let container = try TestContainer()
            let attach = try Program.run("attach", container.reference, "--net", "eth0:lan0", "--force")
            #expect(attach.status == 0, "\(attach)")
            try container.sh("ip link set lan0 address 02:00:00:00:00:99; ip link set lan0 mtu 1300")
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            try Neighbourhood.settle()
            // A bond looks at its ports from time to time.
            try sh("until ! ip -d link show eth0 | grep -qE 'mii_status (DOWN|GOING)'; do sleep 0.1; done")
            let changes = try Neighbourhood.changes(since: before)
            #expect(changes == "")
        }
    }

    /// The kernel deletes a macsec interface when the one below leaves: that is said before.
    @Test func whatIsLostForGood() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type dummy; ip link set eth0 up; ip link add link eth0 name sec0 type macsec")
            let container = try TestContainer()
            let refused = try Program.run("attach", container.reference, "--net", "eth0")
            #expect(refused.status == 75)
            #expect(refused.errors.contains("eth0 is what macsec sec0 sits on"), "\(refused)")
            let dry = try Program.run("attach", container.reference, "--net", "eth0", "--force", "--dry-run")
            #expect(dry.output.contains("lost eth0: macsec sec0, for good"), "\(dry)")
            #expect(try Program.run("attach", container.reference, "--net", "eth0", "--force").status == 0)
            #expect(try run(["ip", "link", "show", "sec0"]).status != 0)
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
        }
    }

    /// This kernel says it in another way than newer ones do.
    @Test(arguments: ["lo", "br0", "bond0", "red", "team0"])
    func whatTheKernelKeeps(name: String) throws {
        try onThrowawayHost {
            try sh(
                """
                ip link add br0 type bridge; ip link add bond0 type bond; ip link add red type vrf table 99
                ip link add team0 type team
                """)
            let container = try TestContainer()
            let result = try Program.run("attach", container.reference, "--net", "\(name):lan0", "--force")
            #expect(result.status == 1, "\(result)")
            #expect(result.errors.contains("\(name) cannot be moved: The interface netns is immutable"), "\(result)")
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// Without anything by which it could be told from others of its kind.
    @Test func aDummy() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type dummy; ip link set eth0 up; ip addr add 192.0.2.1/24 dev eth0")
            let before = try sh("ip addr show eth0 | grep -v inet6.fe80; ip route show table all dev eth0")
            let container = try TestContainer()
            for trick in [
                ":", "ip link set lan0 down; ip link set lan0 address 02:00:00:00:00:01; ip link set lan0 name x0",
                "ip link add eth0 type dummy",
            ] {
                #expect(try Program.run("attach", container.reference, "--net", "eth0:lan0").status == 0)
                try container.sh(trick)
                let detach = try Program.run("detach", container.reference, "--all")
                #expect(detach.status == 0, "\(detach)")
                #expect(try sh("ip addr show eth0 | grep -v inet6.fe80; ip route show table all dev eth0") == before)
                _ = try container.run(["ip", "link", "del", "eth0"])
            }
            #expect(try Program.run("attach", container.reference, "--net", "eth0:lan0").status == 0)
            try container.sh("ip link del lan0")
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 1)
            #expect(detach.errors.contains("eth0 is neither on the host nor in the container"), "\(detach)")
            #expect(try Program.run("list").output == "")
        }
    }
}
