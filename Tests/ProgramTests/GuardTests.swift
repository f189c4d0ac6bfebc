import FoundationEssentials
import TestHost
import Testing

/// What an interface does for the host keeps it there, unless somebody says --force; what the kernel keeps, stays.
@Suite struct GuardTests {
    struct Use: Sendable, CustomTestStringConvertible {
        /// What is done with `eth0`, whose other end has 192.0.2.254 and 2001:db8::fe.
        let script: String
        var environment: [String: String] = [:]
        let message: String
        let hint: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        Use(
            script: "ip link add br0 type bridge; ip link set eth0 master br0",
            message: "eth0 is a port of bridge br0", hint: "take it out of there"),
        Use(
            script: "ip link add link eth0 name mac0 type macvlan", message: "eth0 is what macvlan mac0 sits on",
            hint: "remove that first"),
        Use(
            script: "ip link add link eth0 name mac0 type macvlan; ip link add link eth0 name mac1 type macvtap",
            message: "eth0 is what macvlan mac0, macvtap mac1 sit on", hint: "remove that first"),
        Use(
            script: "ip route add default via 192.0.2.254", message: "eth0 carries the host's default route",
            hint: "change that first"),
        Use(
            script: "ip -6 route add default via 2001:db8::fe metric 5",
            message: "eth0 carries the host's default route", hint: "change that first"),
        Use(
            script: "ip link set peer2 up; ip route add default nexthop via 192.0.2.254 nexthop dev eth2",
            message: "eth0 carries the host's default route", hint: "change that first"),
        // The address that the client came to is on it.
        Use(
            script: ":", environment: ["SSH_CONNECTION": "10.9.9.9 55555 192.0.2.1 22"],
            message: "eth0 carries this SSH session with 10.9.9.9", hint: "log in over another interface"),
        // The way back to the client leads through it.
        Use(
            script: "ip route add 10.9.0.0/16 via 192.0.2.254",
            environment: ["SSH_CONNECTION": "10.9.9.9 55555 203.0.113.1 22"],
            message: "eth0 carries this SSH session with 10.9.9.9", hint: "log in over another interface"),
        Use(
            script: ":", environment: ["SSH_CONNECTION": "2001:db8::fe 55555 2001:db8::1 22"],
            message: "eth0 carries this SSH session with 2001:db8::fe", hint: "log in over another interface"),
        Use(
            script: ":", environment: ["SSH_CONNECTION": "fe80::1%eth0 55555 fe80::2%eth0 22"],
            message: "eth0 carries this SSH session with fe80::1%eth0", hint: "log in over another interface"),
    ])
    func isRefusedWithoutForce(_ use: Use) throws {
        try onThrowawayHost {
            try Self.makeInterfaces()
            try sh(use.script)
            let container = try TestContainer()
            let result = try Program.run(
                "attach", container.reference, "--net", "eth0", "--format", "json", environment: use.environment)
            #expect(result.status == 75, "\(result)")
            let error = try decode(ErrorDocument.self, result).error
            #expect(error.code == "in-use")
            #expect(error.message == use.message)
            #expect(error.device == "eth0")
            #expect(error.hint?.contains(use.hint) == true)
            #expect(error.hint?.contains("--force") == true)
            #expect(try sh("ip -br link show eth0").contains("UP"))
            let forced = try Program.run(
                "attach", container.reference, "--net", "eth0", "--force", environment: use.environment)
            #expect(forced.status == 0, "\(forced)")
            #expect(try container.sh("ip -br link show eth0").contains("eth0"))
        }
    }

    private static func makeInterfaces() throws {
        try sh(
            """
            ip netns add lab
            ip link add eth0 type veth peer name peer netns lab; ip link add eth2 type veth peer name peer2
            ip -n lab link set peer up; ip link set eth0 up; ip link set eth2 up
            ip addr add 192.0.2.1/24 dev eth0; ip addr add 2001:db8::1/64 dev eth0 nodad
            """)
    }

    /// Other people's sessions, and what only looks like it: none of it keeps an interface.
    @Test(arguments: [
        "10.9.9.9 55555 203.0.113.1 22",  // elsewhere
        "fe80::1%eth2 55555 fe80::2%eth2 22", "nonsense", "a b c d",
    ])
    func aSessionElsewhere(connection: String) throws {
        try onThrowawayHost {
            try Self.makeInterfaces()
            let container = try TestContainer()
            let result = try Program.run(
                "attach", container.reference, "--net", "eth0", environment: ["SSH_CONNECTION": connection])
            #expect(result.status == 0, "\(result)")
        }
    }

    /// sudo keeps few variables: the session is that of the login shell above.
    @Test func aSessionOfAnAncestor() throws {
        try onThrowawayHost {
            try Self.makeInterfaces()
            let container = try TestContainer()
            let result = try run(
                [
                    "sh", "-c",
                    "env -u SSH_CONNECTION \(Program.path) attach \(container.reference) --net eth0; exit $?",
                ],
                environment: ["SSH_CONNECTION": "192.0.2.254 55555 192.0.2.1 22"])
            #expect(result.status == 75, "\(result)")
            #expect(result.errors.contains("carries this SSH session with 192.0.2.254"))
        }
    }

    /// udev keeps a file of what it has finished with. It works in the first network namespace, which is that of process 1:
    /// here, of a PID namespace.
    @Test(arguments: [
        (nil, false), ("E:ID_NET_RENAMING=1\n", false), ("I:1\nE:ID_PROCESSING=1\n", false),
        ("I:1\nE:ID_BUS=pci\n", true),
    ])
    func anInterfaceInTheHandsOfUdev(data: String?, isFree: Bool) throws {
        try onThrowawayHost {
            try Self.makeInterfaces()
            try sh("mkdir -p /run/udev/data; touch /run/udev/control")
            if let data {
                try sh(
                    "printf '\(data)' > /run/udev/data/n$(cat /proc/thread-self/net/dev_snmp6/eth0 | awk '/ifIndex/ {print $2}')"
                )
            }
            try sh("ip netns add blue")
            let attach = { (option: String) in
                try run([
                    "unshare", "--pid", "--mount-proc", "--fork", "sh", "-c",
                    "\(Program.path) attach netns:blue --net eth0 \(option); exit $?",
                ])
            }
            let result = try attach("")
            #expect(result.status == (isFree ? 0 : 75), "\(result)")
            if !isFree {
                #expect(result.errors.contains("eth0 is still being processed by udev"), "\(result)")
                #expect(try attach("--force").status == 0)
            }
        }
    }

    /// The kernel's reason, before anything has changed, for the first of two interfaces too; nothing overrides it.
    @Test(arguments: ["lo", "br0"])
    func whatTheKernelKeeps(name: String) throws {
        try onThrowawayHost {
            try Self.makeInterfaces()
            try sh("ip link add br0 type bridge; ip link set br0 up")
            let before = try sh("ip -br link")
            let container = try TestContainer()
            let result = try Program.run(
                "attach", container.reference, "--net", "eth0", "--net", "\(name):lan0", "--force", "--format", "json")
            #expect(result.status == 1)
            let error = try decode(ErrorDocument.self, result).error
            #expect(error.code == "not-supported")
            #expect(error.message == "\(name) cannot be moved: The interface netns is immutable")
            #expect(error.device == name)
            #expect(try sh("ip -br link") == before)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }
}
