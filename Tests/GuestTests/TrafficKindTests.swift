import TestHost
import Testing

/// The kinds of queueing disciplines, filters and actions that this machine's own kernel may not have.
@Suite struct TrafficKindTests {
    /// On `eth0`, a cable's end.
    private static let kinds = [
        """
        tc qdisc add dev eth0 root handle 1: prio bands 4 priomap 1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 3
        tc qdisc add dev eth0 parent 1:1 handle 10: sfq perturb 10 limit 100
        tc qdisc add dev eth0 parent 1:2 handle 20: fq_codel limit 900 target 3ms interval 50ms quantum 500 noecn
        tc filter add dev eth0 parent 1: protocol ip prio 1 flower ip_proto tcp dst_port 80 src_ip 10.0.0.0/8 classid 1:1
        tc filter add dev eth0 parent 1: prio 2 protocol all matchall classid 1:2
        tc filter add dev eth0 parent 1: protocol ip prio 10 handle 1: cgroup
        """,
        """
        tc qdisc add dev eth0 root handle 1: drr; tc class add dev eth0 parent 1: classid 1:1 drr quantum 1600
        tc class add dev eth0 parent 1: classid 1:2 drr; tc qdisc add dev eth0 parent 1:1 handle 11: fq
        tc filter add dev eth0 parent 1: protocol ip prio 3 handle 77 fw classid 1:2
        """,
        """
        tc qdisc add dev eth0 root handle 1: qfq; tc class add dev eth0 parent 1: classid 1:1 qfq weight 10 maxpkt 2048
        tc filter add dev eth0 parent 1: protocol all prio 3 handle 1 flow hash keys src,dst divisor 1024
        """,
        """
        tc qdisc add dev eth0 root handle 1: hfsc default 2
        tc class add dev eth0 parent 1: classid 1:1 hfsc sc rate 10mbit ul rate 20mbit
        tc class add dev eth0 parent 1:1 classid 1:2 hfsc rt m1 5mbit d 10ms m2 2mbit ls rate 1mbit
        tc filter add dev eth0 parent 1: protocol ip prio 9 basic match 'cmp(u8 at 0 layer 2 mask 0xff gt 20)' classid 1:2
        """,
        """
        tc qdisc add dev eth0 root handle 1: ets bands 4 strict 1 quanta 3000 2000 1000 priomap 0 1 2 3 3 3 3 3 3 3 3 3 3 3 3 3
        tc qdisc add dev eth0 parent 1:3 handle 3: pie
        """,
        """
        tc qdisc add dev eth0 root handle 1: netem delay 5ms loss 1% limit 77
        tc qdisc add dev eth0 parent 1:1 handle 2: tbf rate 1mbit burst 10k limit 10k
        """,
        "tc qdisc add dev eth0 root handle 1: cake bandwidth 10mbit diffserv4 nat",
        """
        tc qdisc add dev eth0 root handle 1: mq; tc qdisc add dev eth0 parent 1:1 handle 2: codel limit 77
        tc qdisc add dev eth0 parent 1:2 handle 3: fq_pie; tc qdisc add dev eth0 parent 1:3 handle 4: hhf
        tc qdisc add dev eth0 parent 1:4 handle 5: pfifo_head_drop limit 5
        """,
        "tc qdisc add dev eth0 root handle 1: multiq; tc qdisc add dev eth0 parent 1:1 handle 2: pfifo_fast",
        // Filters and actions.
        """
        tc qdisc add dev eth0 clsact; a() { tc filter add dev eth0 ingress prio $1 protocol all matchall action $2; }
        a 1 drop; a 2 'police rate 1mbit burst 10k conform-exceed drop/pipe peakrate 2mbit mtu 2000'
        a 3 'vlan push id 7 priority 3 pipe action mirred egress mirror dev peer2'
        a 4 'skbedit mark 7 priority 1:2 pipe action gact pass random determ drop 5'
        a 5 'pedit ex munge ip ttl set 9 munge eth src set 02:00:00:00:00:01'; a 6 'csum ip4h tcp'
        a 7 'nat ingress 10.0.0.1/32 192.0.2.1'; a 8 'simple sdata hello'; a 9 'sample rate 10 group 5 trunc 20'
        a 10 'tunnel_key set src_ip 10.0.0.1 dst_ip 10.0.0.2 id 7 dst_port 4789'
        a 11 'mpls push label 17 protocol mpls_uc tc 3'; a 12 'connmark zone 5'; a 13 'ct zone 7'
        """.replacing("a() {", with: "a() { set -f;"),
        """
        tc actions add action police rate 1mbit burst 10k index 5; tc qdisc add dev eth0 clsact
        for d in ingress egress; do tc filter add dev eth0 $d prio 3 protocol all matchall action police index 5; done
        """,
        """
        tc qdisc add dev eth0 clsact
        tc filter add dev eth0 egress prio 3 protocol ip flower skip_hw src_ip 10.0.0.1 ip_ttl 7 tcp_flags 0x2/7 ip_proto tcp \
            action goto chain 5
        tc filter add dev eth0 egress chain 5 prio 1 protocol 802.1q flower vlan_id 7 action drop
        tc filter add dev eth0 ingress protocol 802.1ad prio 4 flower vlan_id 7 vlan_ethtype ip src_ip 10.0.0.1 action drop
        tc filter add dev eth0 egress prio 8 protocol ip u32 match ip src 1.2.3.4 police rate 1mbit burst 10k drop
        """,
    ]

    @Test func isAsBefore() throws {
        try onThrowawayHost {
            try sh(
                """
                ip link add eth0 numtxqueues 4 numrxqueues 4 type veth peer name peer; ip link add eth2 type veth peer name peer2
                ip link set eth0 up; ip link set peer up
                """)
            let container = try TestContainer()
            for script in Self.kinds {
                try sh(script)
                let before = try TrafficDump.of("eth0")
                let attach = try Program.run("attach", container.reference, "--net", "eth0:lan0")
                #expect(attach.status == 0 && attach.errors == "", "\(script): \(attach)")
                let detach = try Program.run("detach", container.reference, "--all")
                #expect(detach.status == 0, "\(script): \(detach)")
                #expect(difference(from: before, to: try TrafficDump.of("eth0")) == "", "\(script)")
                // A kernel without the module has no such actions.
                try sh(
                    """
                    for d in root clsact; do tc qdisc del dev eth0 $d 2> /dev/null || true; done
                    tc actions flush action police 2> /dev/null || true
                    """)
            }
        }
    }

    /// What the kernel takes and does not give back.
    @Test(arguments: [
        ("red limit 400000 min 30000 max 90000 avpkt 1000 burst 55 bandwidth 10mbit", "which cannot be read in full"),
        ("choke limit 100 bandwidth 10mbit", "which cannot be read in full"),
        ("netem delay 5ms 2ms distribution normal", "since the distribution of its delays cannot be read"),
    ])
    func isSaidBefore(discipline: String, reason: String) throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer; tc qdisc add dev eth0 root handle 1: \(discipline)")
            let container = try TestContainer()
            let attach = try Program.run("attach", container.reference, "--net", "eth0")
            #expect(attach.status == 0, "\(attach)")
            #expect(attach.errors.contains("warning: eth0 cannot be had back with qdisc"), "\(attach)")
            #expect(attach.errors.contains(reason), "\(attach)")
        }
    }
}
