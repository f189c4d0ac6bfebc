import TestHost
import Testing

/// What a container changes of an interface's driver, queues and processors does not stay on the host. Real cards are the
/// guest's: `CardSettingTests`.
@Suite struct DriverSettingTests {
    @Test(arguments: [
        (":", "ethtool -K lan0 tso off gso off tx off gro on rx-udp-gro-forwarding on"),
        ("ethtool -K eth0 tso off gro on", "ethtool -K lan0 tso on gro off"),
        (":", "ethtool -L lan0 rx 3 tx 2"),
        ("ethtool -L eth0 rx 2 tx 3", "ethtool -L lan0 rx 1 tx 1"),
        (":", "ip link set lan0 gso_max_size 20000 gro_max_size 30000 gso_max_segs 77"),
        ("ip link set eth0 gso_max_size 9000", "ip link set lan0 gso_max_size 65536"),
        (":", "ip link set lan0 broadcast 02:00:00:00:00:ff mode dormant"),
        (":", "ip link set lan0 promisc on allmulticast on group 9"),
        (
            "echo 3 > /sys/class/net/eth0/queues/rx-0/rps_cpus; echo 5000 > /sys/class/net/eth0/gro_flush_timeout",
            "cd /sys/class/net/lan0; echo 0 > queues/rx-0/rps_cpus; echo 0 > gro_flush_timeout"
        ),
        (
            ":",
            "cd /sys/class/net/lan0; echo 64 > queues/rx-1/rps_flow_cnt; echo 2 > queues/tx-0/xps_cpus; echo 3 > napi_defer_hard_irqs"
        ),
    ])
    func isAsBefore(script: String, inside: String) throws {
        try onThrowawayHost {
            try sh(
                """
                mount -t sysfs sysfs /sys
                ip link add eth0 numtxqueues 4 numrxqueues 4 type veth peer name peer; ip link set eth0 up; ip link set peer up
                """)
            try sh(script)
            let before = try Self.dump()
            let container = try TestContainer()
            let attach = try Program.run("attach", container.reference, "--net", "eth0:lan0")
            #expect(attach.status == 0 && attach.errors == "", "\(attach)")
            let dump = Self.script.replacing("eth0", with: "lan0")
            let given = try Self.settings(container.sh("mount -t sysfs sysfs /sys; \(dump)"))
            try container.sh(inside)
            #expect(try Self.settings(container.sh(dump)) != given, "it has no effect")
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            #expect(difference(from: before, to: try Self.dump()) == "")
        }
    }

    private static func dump() throws -> String { try settings(sh(script)) }

    private static func settings(_ text: String) -> String { text.replacing("lan0", with: "eth0") }

    private static let script = """
        ip -d link show dev eth0 | sed 's/qdisc [a-z]*//'
        for o in -k -l; do ethtool $o eth0; done
        cd /sys/class/net/eth0; grep -s . threaded gro_flush_timeout napi_defer_hard_irqs queues/*/*ps_* || true
        """
}
