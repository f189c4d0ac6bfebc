/// The interface that tests attach: one end of a cable, with all that a host's interface may carry.
public enum HostInterface {
    /// Makes `eth0` with addresses, routes, neighbours, settings and queueing disciplines, and waits until the network has
    /// accepted the addresses.
    ///
    /// Its other end is `peer` in the network namespace `lab`, with 192.0.2.254 and 2001:db8::fe.
    public static func make() throws {
        try sh(
            """
            ip netns add lab
            ip link add eth0 type veth peer name peer netns lab
            ip -n lab addr add 192.0.2.254/24 dev peer
            ip -n lab addr add 2001:db8::fe/64 dev peer nodad
            ip -n lab link set peer up
            ip link set eth0 mtu 1400 txqueuelen 555 group 7 alias "the uplink"
            ip link property add dev eth0 altname enp3s0 altname uplink-of-the-lab
            cd /proc/sys/net
            for s in arp_ignore=1 rp_filter=2 forwarding=1 promote_secondaries=1; do echo ${s#*=} > ipv4/conf/eth0/${s%=*}; done
            for s in hop_limit=77 accept_ra=2 autoconf=0 router_solicitation_interval=9 regen_min_advance=3; do
                # Not every kernel has all of them.
                if [ -e ipv6/conf/eth0/${s%=*} ]; then echo ${s#*=} > ipv6/conf/eth0/${s%=*}; fi
            done
            echo 2001:db8::5ec > ipv6/conf/eth0/stable_secret
            ip link set eth0 addrgenmode eui64
            echo 33 > ipv4/neigh/eth0/gc_stale_time
            echo 1234 > ipv6/neigh/eth0/retrans_time_ms
            ip token set ::77 dev eth0
            tc qdisc add dev eth0 root handle 7: tbf rate 50mbit burst 64k latency 40ms
            tc qdisc add dev eth0 clsact
            tc filter add dev eth0 ingress protocol ip prio 7 u32 match ip dst 192.0.2.99 flowid 1:1
            ethtool -K eth0 tx-udp-segmentation off
            ip link set eth0 up
            ip addr add 192.0.2.1/24 dev eth0
            ip addr add 192.0.2.2/24 dev eth0
            ip addr add 198.51.100.1/24 dev eth0 label eth0:lease valid_lft 7200 preferred_lft 3600
            ip addr add 2001:db8::1/64 dev eth0
            ip addr add 2001:db8::2/64 dev eth0
            ip route del 198.51.100.0/24 dev eth0
            ip route add 203.0.113.0/24 via 192.0.2.254 metric 50
            ip route add 198.51.100.9 dev eth0 table 77
            ip route add 2001:db8:1::/48 via 2001:db8::fe expires 1800
            ip neigh add 192.0.2.77 lladdr 02:00:00:00:00:77 dev eth0 nud permanent
            ip neigh add proxy 192.0.2.78 dev eth0
            ip rule add iif eth0 table 77 pref 7000
            ip rule add oif eth0 table 77 pref 7001
            until ! ip addr show dev eth0 | grep -q tentative; do sleep 0.05; done
            """)
    }

    /// All that the kernel says of the interface, and of what it carries. What is left of lifetimes is masked, and
    /// the default queueing discipline, which an interface gets when it goes up for the first time after a move.
    public static func dump() throws -> String {
        try sh(
            """
            {
            ip -details link show dev eth0
            ip addr show dev eth0
            # Routes over several interfaces are on several lines.
            { ip route show table all; ip -6 route show table all; } | sed ':a;N;$!ba;s/\\n\\t/ /g' | grep -w eth0
            ip neigh show dev eth0 nud permanent
            ip neigh show proxy
            ip rule; ip -6 rule
            ip nexthop
            ip token show dev eth0
            tc qdisc show dev eth0 | grep -v ' 0: ' || true
            tc filter show dev eth0 ingress
            ethtool -k eth0
            } 2>&1 | sed -E 's/_lft [0-9]+sec/_lft Nsec/g; s/expires [0-9]+sec/expires Nsec/; s/qdisc noop state DOWN/qdisc noqueue state DOWN/'
            cd /proc/sys/net
            grep -s '' ipv4/conf/eth0/* ipv6/conf/eth0/* ipv4/neigh/eth0/* ipv6/neigh/eth0/* || true
            """)
    }

    /// The lines in which what the kernel says now is not what it said before; empty when nothing has changed.
    ///
    /// The kernel tells of the carrier, and accepts the addresses that it makes by itself, some time after an interface has
    /// gone up: what is still about to change is waited for.
    public static func changes(since before: String) throws -> String {
        var now = try dump()
        for _ in 0..<100 where now != before {
            try sh("sleep 0.1")
            now = try dump()
        }
        return difference(from: before, to: now)
    }
}

/// The lines in which two texts differ; empty when they do not.
public func difference(from before: String, to now: String) -> String {
    let changes = now.split(separator: "\n").difference(from: before.split(separator: "\n")).map { change in
        switch change {
        case .insert(_, let line, _): "+ \(line)"
        case .remove(_, let line, _): "- \(line)"
        }
    }.joined(separator: "\n")
    if !changes.isEmpty { print("changes on the host:\n\(changes)") }
    return changes
}
