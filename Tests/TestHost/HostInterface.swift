/// The interface that tests attach: one end of a cable, with all that a host's interface may carry.
public enum HostInterface {
    /// Makes `eth0` with addresses, routes and a neighbour, and waits until the network has accepted the addresses.
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
            ip link set eth0 mtu 1400 txqueuelen 555 alias "the uplink"
            ip link property add dev eth0 altname enp3s0 altname uplink-of-the-lab
            ip link set eth0 up
            ip addr add 192.0.2.1/24 dev eth0
            ip addr add 192.0.2.2/24 dev eth0
            ip addr add 2001:db8::1/64 dev eth0
            ip addr add 2001:db8::2/64 dev eth0
            ip route add 203.0.113.0/24 via 192.0.2.254 metric 50
            ip route add 2001:db8:1::/48 via 2001:db8::fe
            ip neigh add 192.0.2.77 lladdr 02:00:00:00:00:77 dev eth0 nud permanent
            until ! ip addr show dev eth0 | grep -q tentative; do sleep 0.05; done
            """)
    }

    /// All that the kernel says of the interface, and of what it carries.
    public static func dump() throws -> String {
        try sh(
            """
            ip -details link show dev eth0
            ip addr show dev eth0
            ip route show table all dev eth0
            ip -6 route show table all dev eth0
            ip neigh show dev eth0 nud permanent
            """)
    }

    /// The lines in which what the kernel says now is not what it said before; empty when nothing has changed.
    public static func changes(since before: String) throws -> String {
        let now = try dump().split(separator: "\n")
        let changes = now.difference(from: before.split(separator: "\n")).map { change in
            switch change {
            case .insert(_, let line, _): "+ \(line)"
            case .remove(_, let line, _): "- \(line)"
            }
        }.joined(separator: "\n")
        if !changes.isEmpty { print("changes on the host:\n\(changes)") }
        return changes
    }
}
