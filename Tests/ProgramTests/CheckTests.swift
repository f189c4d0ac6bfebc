import TestHost
import Testing

@Suite struct CheckTests {
    private static let document = """
        <hostdev mode='capability'>
          <source name='eth0'/><target name='lan0'/><mac address='02:00:00:00:00:aa'/><mtu size='1300'/>
          <ip address='192.0.2.7' prefix='24'/><route address='default' gateway='192.0.2.254'/>
          <route address='10.0.0.0' prefix='8'/>
        </hostdev>
        """

    @Test(arguments: [
        // What somebody does in the container, and the words for it.
        ("ip link set lan0 down; ip link set lan0 name x0; ip link set x0 up", ["name is x0, not lan0"]),
        ("ip link set lan0 down", ["state is down, not up", "route is none, not"]),
        ("ip link set lan0 mtu 1200", ["mtu is 1200, not 1300"]),
        ("ip link set lan0 address 02:00:00:00:00:bb", ["mac is 02:00:00:00:00:bb, not 02:00:00:00:00:aa"]),
        ("ip addr del 192.0.2.7/24 dev lan0", ["address is none, not 192.0.2.7/24"]),
        ("ip route del default", ["route is none, not default"]),
        ("ip route del 10.0.0.0/8", ["route is none, not 10.0.0.0/8"]),
        ("ip link del lan0", ["interface is nowhere"]),
    ])
    func namesEachDrift(script: String, drift: [String]) throws {
        try onThrowawayHost {
            try HostInterface.make()
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "-", input: Self.document).status == 0)
            let before = try Program.run("check")
            #expect(before.status == 0, "\(before)")
            #expect(before.output == "")
            try container.sh(script)
            let after = try Program.run("check", container.reference)
            #expect(after.status == 2, "\(after)")
            for words in drift { #expect(after.output.contains(words), "\(after)") }
            let json = try Program.run("check", "--format", "json")
            #expect(json.status == 2)
            #expect(json.output.hasPrefix(#"{"drift":[{"expected":"#), "\(json)")
        }
    }

    @Test func namesADeadContainer() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0").status == 0)
            container.end()
            let check = try Program.run("check")
            #expect(check.status == 2)
            #expect(check.output.contains("container is ended, not running"), "\(check)")
        }
    }
}
