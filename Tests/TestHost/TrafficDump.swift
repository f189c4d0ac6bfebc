/// What tc(8) says of an interface.
public enum TrafficDump {
    /// Its queueing disciplines, their classes, and the filters at all of these. Numbers that the kernel chooses are masked, and
    /// what it counts.
    public static func of(_ name: String) throws -> String {
        try sh(
            """
            {
            tc qdisc show dev \(name) | grep -v ' 0: ' || true
            tc class show dev \(name)
            parents="$(tc class show dev \(name) | cut -d' ' -f3) $(tc qdisc show dev \(name) | cut -d' ' -f3 | grep -v '^0:' || true)"
            for p in $parents; do tc filter show dev \(name) parent $p; done
            tc filter show dev \(name) ingress; tc filter show dev \(name) egress
            } 2>&1 | sed -E 's/index [0-9]+ ref/index N ref/; s/direct_packets_stat [0-9]+//; s/police 0x[0-9a-f]+/police 0xN/' |
                grep -v 'class cake'
            """)
    }
}
