/// What an interface is to others on its host: a port of a bridge or bond, the ground of VLANs and macvlans.
public enum Neighbourhood {
    /// What the kernel says of `eth0` as a port, and of all that sits on it. Times are masked.
    public static func dump() throws -> String {
        try sh(
            """
            {
            ip -details addr show dev eth0
            ip route show table all dev eth0
            ip -6 route show table all dev eth0
            bridge fdb show dev eth0 | grep -E 'permanent|static' | grep -v ^33:33 | grep -v ^01:00 | sort
            bridge vlan show dev eth0 2> /dev/null || true
            for child in $(ip -o link | sed -n 's/^[0-9]*: \\([^@]*\\)@eth0:.*/\\1/p'); do
                case $(ip -d link show dev $child) in *veth*) continue;; esac
                ip -details addr show dev $child
                ip route show table all dev $child
                ip -6 route show table all dev $child
                grep -s '' /proc/sys/net/ipv[46]/conf/$child/* || true
            done
            } 2>&1 | sed -E 's/(timer|designated_bridge|designated_root) +[^ ]+/\\1 N/g; s/_lft [0-9]+sec/_lft Nsec/g; s/expires [0-9]+sec/expires Nsec/
                s/ (qdisc [a-z_]+|vid)  *state/ state/'
            """)
    }

    /// Waits until the network has accepted all addresses, and all ports do what they are to do. An interface gets its
    /// own address when the kernel has seen the cable, which it looks at once a second: what holds for longer is meant.
    public static func settle() throws {
        try sh(
            """
            until seen=$(ip addr) && sleep 1.2 && [ "$(ip addr)" = "$seen" ] && ! ip addr | grep -q tentative; do :; done
            until ! ip -d link | grep -qE 'bridge_slave state (disabled|listening|learning)'; do sleep 0.05; done
            """)
    }

    /// The lines in which it is not what it was.
    public static func changes(since before: String) throws -> String {
        try difference(from: before, to: dump())
    }
}
