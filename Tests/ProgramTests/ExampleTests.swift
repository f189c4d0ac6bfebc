import LinuxSystem
import SystemPackage
import TestHost
import Testing

/// What stands in examples/ works.
@Suite struct ExampleTests {
    private static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("examples")

    @Test(arguments: [
        "net-move.xml", "net-move-and-rename.xml", "net-addresses-and-routes.xml", "net-inherit-host-configuration.xml",
    ])
    func anInterface(name: String) throws {
        try onThrowawayHost {
            try sh(
                """
                ip link add eth1 type veth peer name peer; ip link set peer up; ip link set eth1 up
                ip addr add 192.0.2.9/24 dev eth1; ip route add 203.0.113.0/24 via 192.0.2.1
                until ! ip addr show dev eth1 | grep -q tentative; do sleep 0.05; done
                """)
            let dump = "ip -d addr show dev eth1; ip route show table all dev eth1; ip -6 route show table all dev eth1"
            let before = try sh(dump)
            let container = try TestContainer()
            let path = Self.folder.appending(name).string
            let attach = try Program.run("attach", container.reference, path)
            #expect(attach.status == 0, "\(attach)")
            #expect(try Program.run("detach", container.reference, path).status == 0)
            #expect(try sh(dump) == before)
        }
    }

    /// All of them say what they mean: no error, no warning.
    @Test func areValid() throws {
        let names = try directoryEntries(Self.folder).filter { $0.hasSuffix(".xml") }
        #expect(names.count > 10)
        let result = try onThrowawayHost {
            try run([Program.path, "validate"] + names.map { Self.folder.appending($0).string })
        }
        #expect(result.status == 0, "\(result)")
        #expect(result.errors == "")
    }

    @Test func provisioning() throws {
        try onThrowawayHost {
            for name in ["eth0", "eth1"] { try sh("ip link add \(name) type veth peer name p\(name)") }
            try sh("ip netns add blue")
            let container = try TestContainer()
            try sh(
                """
                cd /run
                echo "<hostdev mode='capability'><source name='eth0'/></hostdev>" > zero.xml
                echo "<hostdev mode='capability'><source name='eth1'/><target name='lan0'/></hostdev>" > one.xml
                """)
            let list = "# container document\n\(container.reference) /run/zero.xml\n\nnetns:blue /run/one.xml\n"
            let script = Self.folder.appending("provision").string
            let first = try run([script], input: list, environment: ["HOSTDEV": Program.path])
            #expect(first.status == 0, "\(first)")
            #expect(try container.sh("ip -br link show eth0").contains("eth0"))
            #expect(try sh("ip -n blue -br link show lan0").contains("lan0"))
            // Again: nothing to do.
            let second = try run([script], input: list, environment: ["HOSTDEV": Program.path])
            #expect(second.status == 0, "\(second)")
            #expect(second.output.contains("has /run/zero.xml"))
            // One of several fails.
            let third = try run(
                [script], input: "netns:none /run/one.xml\n" + list, environment: ["HOSTDEV": Program.path])
            #expect(third.status == 1)
            #expect(third.errors.contains("no-such-container"))
        }
    }
}
