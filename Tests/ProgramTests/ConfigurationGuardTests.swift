import TestHost
import Testing

/// What an attach to a running container refuses is refused of a configuration too: no container is left that cannot start.
@Suite struct ConfigurationGuardTests {
    private static let lxc = """
        lxc.net.0.type = veth
        lxc.net.0.link = br0
        lxc.net.1.type = phys
        lxc.net.1.link = eth5
        lxc.net.1.name = lan5
        lxc.net.2.type = macvlan
        lxc.net.2.link = eth4
        lxc.net.2.name = mac4
        lxc.mount.entry = tmpfs dev/shared tmpfs create=dir
        lxc.mount.entry = /dev/zero dev/nil none bind,create=file

        """
    private static let openVZ = """
        NETDEV="eth5"
        NETIF="ifname=eth9,bridge=eth4,host_ifname=veth101.0;ifname=wan"

        """

    private static func onHost(_ body: () throws -> Void) throws {
        try onThrowawayHost {
            try OpenVZHost.make()
            try OpenVZHost.configure(101, openVZ)
            try LXCHost.configure("w", lxc)
            try sh(
                """
                for n in 2 3 4 5 6 7 8 9; do ip link add eth$n type veth peer name p$n; done
                ip link add br0 type bridge
                ip link add link eth6 name m6 type macvlan
                ip link add link eth6 name upper6 type macvlan
                ip link set eth7 up; ip link set p7 up; ip addr add 192.0.2.1/24 dev eth7
                ip route add default via 192.0.2.2
                ip link property add dev eth5 altname up5
                ip link property add dev eth8 altname lan5 altname wan
                ip link property add dev eth3 altname mac4
                """)
            try body()
        }
    }

    private struct Refusal {
        let container: String
        let arguments: [String]
        var input = ""
        let code: String
        let message: String
    }

    private static let mtu = "<hostdev mode='capability'><source name='eth2'/><mtu size='65536'/></hostdev>"

    /// A document with `/dev/full`, which the container is to have elsewhere.
    private static func full(at target: String) -> String {
        "<hostdev mode='capability' type='misc'><source dev='/dev/full'/><target dev='\(target)'/></hostdev>"
    }

    private static let refusals = [
        Refusal(
            container: "lxc:w", arguments: ["--net", "eth9:lo"], code: "name-taken", message: "every container has"),
        Refusal(container: "lxc:w", arguments: ["--net", "lo"], code: "not-supported", message: "cannot be moved"),
        Refusal(
            container: "lxc:w", arguments: ["--net", "lo:lan9"], code: "not-supported", message: "cannot be moved"),
        Refusal(container: "lxc:w", arguments: ["--net", "br0"], code: "not-supported", message: "cannot be moved"),
        Refusal(container: "lxc:w", arguments: ["--net", "eth9:eth0"], code: "name-taken", message: "lxc.net.0"),
        Refusal(container: "lxc:w", arguments: ["--net", "eth9:lan5"], code: "name-taken", message: "lxc.net.1"),
        Refusal(container: "lxc:w", arguments: ["--net", "eth9:up5"], code: "name-taken", message: "lxc.net.1"),
        Refusal(container: "lxc:w", arguments: ["--net", "eth9:mac4"], code: "name-taken", message: "lxc.net.2"),
        Refusal(container: "lxc:w", arguments: ["--net", "eth8"], code: "name-taken", message: "called lan5"),
        Refusal(container: "lxc:w", arguments: ["--net", "eth3"], code: "name-taken", message: "called mac4"),
        Refusal(
            container: "lxc:w", arguments: ["--net", "up5"], code: "already-attached", message: "has eth5 in lxc.net.1"),
        Refusal(
            container: "lxc:w", arguments: ["--net", "eth5"], code: "already-attached", message: "has eth5 in lxc.net.1"
        ),
        Refusal(
            container: "lxc:w", arguments: ["--net", "eth9:x", "--net", "eth2:x"], code: "name-taken",
            message: "lxc.net.3 of the configuration is called x"),
        Refusal(container: "lxc:w", arguments: ["--net", "eth9:all"], code: "invalid-document", message: "called all"),
        Refusal(container: "lxc:w", arguments: ["-"], input: mtu, code: "invalid-document", message: "MTU"),
        Refusal(container: "lxc:w", arguments: ["--net", "eth6"], code: "in-use", message: "sit"),
        Refusal(container: "lxc:w", arguments: ["--net", "eth7"], code: "in-use", message: "default route"),
        Refusal(
            container: "lxc:w", arguments: ["--net", "eth4"], code: "in-use", message: "lxc.net.2 of the configuration"),
        Refusal(
            container: "lxc:w", arguments: ["-"], input: full(at: "/dev/null"), code: "name-taken", message: "LXC's own"
        ),
        Refusal(
            container: "lxc:w", arguments: ["-"], input: full(at: "/dev/pts/7"), code: "name-taken",
            message: "LXC's own"),
        Refusal(
            container: "lxc:w", arguments: ["-"], input: full(at: "/dev/nil"), code: "name-taken",
            message: "/dev/zero in"),
        Refusal(
            container: "lxc:w", arguments: ["-"], input: full(at: "/dev/nil/x"), code: "name-taken",
            message: "/dev/zero"),
        Refusal(
            container: "lxc:w", arguments: ["-"], input: full(at: "/dev/shared"), code: "name-taken",
            message: "tmpfs in"),
        Refusal(container: "openvz:101", arguments: ["--net", "eth9"], code: "name-taken", message: "NETIF"),
        Refusal(container: "openvz:101", arguments: ["--net", "eth8"], code: "name-taken", message: "called wan"),
        Refusal(
            container: "openvz:101", arguments: ["--net", "br0"], code: "not-supported", message: "cannot be moved"),
        Refusal(
            container: "openvz:101", arguments: ["--net", "up5"], code: "already-attached", message: "eth5 in NETDEV"),
        Refusal(container: "openvz:101", arguments: ["--net", "eth6"], code: "in-use", message: "sit"),
        Refusal(container: "openvz:101", arguments: ["--net", "eth7"], code: "in-use", message: "default route"),
        Refusal(container: "openvz:101", arguments: ["--net", "eth4"], code: "in-use", message: "NETIF"),
    ]

    @Test func isRefused() throws {
        try Self.onHost {
            for refusal in Self.refusals {
                let arguments = ["attach", refusal.container, "--config", "--format", "json"] + refusal.arguments
                let result = try Program.run(
                    arguments, input: refusal.input, environment: ["LXC_PATH": LXCHost.path])
                try #require(result.status != 0, "\(refusal): \(result)")
                let error = try decode(ErrorDocument.self, result).error
                #expect(error.code == refusal.code, "\(refusal): \(result)")
                #expect(error.message.contains(refusal.message), "\(refusal): \(result)")
                #expect(try LXCHost.config("w") == Self.lxc)
                #expect(try OpenVZHost.conf(101) == Self.openVZ)
            }
        }
    }

    /// What can be overridden is, and what another container has is not given to a second.
    @Test func forceAndOthers() throws {
        try Self.onHost {
            let environment = ["LXC_PATH": LXCHost.path]
            func attach(_ arguments: String...) throws -> CommandResult {
                try Program.run(["attach", "lxc:w", "--config"] + arguments, environment: environment)
            }
            for name in ["eth4", "eth6", "eth7"] {
                let result = try attach("--net", name, "--force")
                #expect(result.status == 0, "\(result)")
            }
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth9").status == 0)
            let other = try attach("--net", "eth9")
            #expect(other.status == 75, "\(other)")
            #expect(other.errors.contains("is attached to \(container.reference)"), "\(other)")
            // An interface in two configurations: said, since the two may never run at the same time.
            let both = try Program.run(
                "attach", "openvz:101", "--net", "eth6", "--config", "--force", environment: environment)
            #expect(both.status == 0, "\(both)")
            #expect(both.errors.contains("is in the configuration of lxc:w too"), "\(both)")
        }
    }
}
