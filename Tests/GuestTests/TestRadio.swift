import TestHost

/// A radio of mac80211_hwsim on a throw-away host, with `wlan0` and, as its companion, the monitor interface `mon0`.
enum TestRadio {
    /// Makes new radios and gives them to the throw-away host on which the test runs: `phyN` with `wlan0`, `wlan1` and so on.
    /// They are gone with the next ones.
    static func make(_ count: Int = 1) throws -> [String] {
        let names = try sh(
            """
            modprobe -r mac80211_hwsim
            nsenter -t 1 -n modprobe mac80211_hwsim radios=\(count)
            for phy in $(nsenter -t 1 -n ls /sys/class/ieee80211 | sort -V); do
                nsenter -t 1 -n iw phy $phy set netns $$
                echo $phy
            done
            """
        ).split(separator: "\n").map(String.init)
        return names
    }

    /// Makes `wlan0` as people have it, up and with addresses, and `mon0` beside it.
    static func makeWithMonitor() throws -> String {
        let phy = try make()[0]
        try sh(
            """
            ip link set wlan0 address 02:00:00:00:00:77 mtu 1400 alias "the roof"
            ip link property add dev wlan0 altname roof
            ip link set wlan0 up
            ip addr add 192.0.2.1/24 dev wlan0
            ip addr add 2001:db8::1/64 dev wlan0 nodad
            ip route add 203.0.113.0/24 via 192.0.2.254 metric 50
            iw dev wlan0 interface add mon0 type monitor
            ip link set mon0 up
            ip link set mon0 txqueuelen 77
            """)
        return phy
    }

    /// All that the kernel says of the radio's interfaces, and of what they carry. Without what belongs to a connection, and
    /// without numbers, which an interface that is made again cannot have again; a monitor that was a station for a while has
    /// another operational state, which nobody can set.
    static func dump() throws -> String {
        try sh(
            """
            {
            iw dev | sort
            iw phy | grep -E 'Wiphy|Retry|threshold|Coverage|Antennas: '
            iw dev wlan0 get power_save
            for i in wlan0 mon0; do
                iw dev $i info || true
                ip -details addr show dev $i || true
                ip route show table all dev $i
                ip -6 route show table all dev $i
                tc qdisc show dev $i | grep -v ' 0: ' || true
            done
            ls /proc/sys/net/ipv6/conf | grep -vE "taken|dummy"
            } | sed -E '/channel|txpower/d; s/^[0-9]+: //; s/(ifindex|wdev) .*/\\1 N/; s/qdisc (noop|noqueue|mq) /qdisc mq /; s/state (UNKNOWN|UP)/state UP/'
            """)
    }

    /// The lines in which what the kernel says now is not what it said before; empty when nothing has changed.
    static func changes(since before: String) throws -> String {
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
