import TestHost
import Testing

/// A move that the kernel refuses although nothing had spoken against it: what has not left the host is left alone, and nothing
/// of it is put back.
@Suite struct RefusedMoveTests {
    /// What has been done to the interface: some of it only the kernel could put back.
    private static let hosts = [
        "ip link set eth0 up; ip addr add 192.0.2.1/24 dev eth0; ip addr add 2001:db8::1/64 dev eth0 nodad",
        "ip link set eth0 up; ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev eth0 nud permanent",
        """
        ip link add br0 type bridge; ip link set br0 up; ip link set eth0 up; ip link set eth0 master br0
        bridge fdb add 02:00:00:00:00:55 dev eth0 master static
        """,
        "ip link set eth0 mtu 1400; ip link property add dev eth0 altname uplink",
        "tc qdisc add dev eth0 root handle 7: tbf rate 50mbit burst 64k latency 40ms; ip link set eth0 up",
    ]

    private static let dump =
        "ip link; ip addr | grep -v -e fe80 -e _lft; ip neigh show nud permanent; bridge fdb; tc qdisc"

    @Test(arguments: hosts) func changesNothing(script: String) throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer; ip link set peer up; \(script)")
            try sh("ip link add eth1 type veth peer name peer1; ip link set eth1 up")
            let index = try sh("ip -o link show eth0 | cut -d: -f1").trimmed
            let container = try TestContainer()
            var refusals = 0
            for step in 1...20 where refusals == 0 {
                let before = try sh(Self.dump)
                let attach = try Program.start(
                    "attach", container.reference, "--net", "eth0", "--net", "eth1", "--force",
                    environment: ["HOSTDEV_STOP_AT": "\(step)"])
                try until("grep -q '^State:.[TZ]' /proc/\(attach.id)/status")
                // The number that it is to have there is taken: EBUSY.
                try container.sh("ip link add x index \(index) type veth peer name y")
                let monitor = try RunningCommand(["ip", "monitor", "link", "address", "route", "neigh"])
                try until("grep -q 00000000 /proc/\(monitor.id)/net/netlink && sleep 0.1")
                try sh("kill -CONT \(attach.id)")
                let result = try attach.wait()
                try container.sh("ip link del x")
                monitor.end()
                guard result.status != 0 else {
                    #expect(try Program.run("detach", container.reference, "--all").status == 0)
                    continue
                }
                refusals += 1
                #expect(result.status == 1, "\(result)")
                #expect(!result.errors.contains("put back"), "\(result)")
                // The network may accept its IPv6 address just then.
                let news = monitor.outputSoFar.split(separator: "\n").filter {
                    $0.contains("eth0") && !$0.contains("fe80")
                }
                #expect(news.isEmpty, "\(news)")
                #expect(try difference(from: before, to: sh(Self.dump)) == "", "\(result)")
                #expect(try sh("find /run/hostdev -type f") == "")
            }
            #expect(refusals == 1)
        }
    }
}

extension String {
    fileprivate var trimmed: String { String(prefix { !$0.isNewline }) }
}
