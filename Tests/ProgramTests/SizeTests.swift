import TestHost
import Testing

/// How many there are of anything is up to the host and the container: an interface goes and comes home with all that it has,
/// and whatever a container has put on it.
///
/// `HOSTDEV_TEST_SIZE` says how many addresses, routes and neighbours, 500 where it is not set.
@Suite(.serialized) struct SizeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// What is done on the host, that has `eth0`, before the attach.
        var host = ""
        /// What is done in the container, that has it as `lan0`.
        var inside = ""
        var testDescription: String { name }
    }

    private static let size = "${HOSTDEV_TEST_SIZE:-500}"

    /// A line for `ip -batch` for each number from 0 to a count, made by awk's printf.
    private static func batch(_ count: String, _ line: String, _ values: String = "$1/250, $1%250+1") -> String {
        "seq 0 $((\(count)-1)) | awk '{printf \"\(line)\\n\", \(values)}' | ip -batch -"
    }

    /// Alternative names as long as they can be, each with the interface's own at its end.
    private static func names(_ count: Int, on interface: String) -> String {
        batch("\(count)", "link property add dev \(interface) altname %0123d\(interface)", "$1")
    }

    /// A route of about as many hops as ip(8) has room for.
    private static func hops(through interface: String) -> String {
        "ip route add 12.0.0.0/8 $(seq 1 500 | awk '{printf \"nexthop dev \(interface) weight %d \", $1%256+1}')"
    }

    private static let cases: [Case] =
        [1, 40, 496].map { Case(name: "\($0) names by the container", inside: names($0, on: "lan0")) } + [
            Case(name: "496 names on the host", host: names(496, on: "eth0")),
            Case(name: "names on both", host: names(300, on: "eth0"), inside: names(190, on: "lan0")),
            Case(name: "IPv4 addresses", host: batch(size, "addr add 10.1.%d.%d/32 dev eth0")),
            Case(name: "IPv4 addresses of one network", host: batch(size, "addr add 10.1.%d.%d/8 dev eth0")),
            Case(
                name: "IPv6 addresses",
                host: batch("\(size)/5", "addr add 2001:db8::1:%x/64 dev eth0 nodad", "$1")),
            Case(
                name: "neighbours",
                host: batch(size, "neigh add 10.1.%d.%d lladdr 02:00:00:00:00:07 dev eth0 nud permanent")),
            Case(name: "proxied neighbours", host: batch(size, "neigh add proxy 10.1.%d.%d dev eth0")),
            Case(name: "IPv4 routes", host: batch(size, "route add 11.1.%d.%d via 10.0.0.9 dev eth0")),
            Case(name: "IPv6 routes", host: batch(size, "route add 2001:db9::%x via 2001:db8::9 dev eth0", "$1")),
            Case(
                name: "routes over two interfaces",
                host: """
                    ip link add eth1 type veth peer name peer1; ip link set peer1 up; ip link set eth1 up
                    ip addr add 12.0.0.1/8 dev eth1
                    """ + "\n"
                        + batch(
                            size, "route add 11.1.%d.%d nexthop via 10.0.0.9 dev eth0 nexthop via 12.0.0.9 dev eth1")),
            Case(name: "an IPv4 route of 500 hops", host: hops(through: "eth0")),
            Case(
                name: "an IPv6 route of 400 hops",
                host: batch("400", "route append 2001:db9::/48 via 2001:db8::2:%x dev eth0", "$1")),
            Case(
                name: "groups of 100 next hops",
                host: batch("100", "nexthop add id %d via 10.2.%d.%d dev eth0", "$1+1, $1/250, $1%250+1") + "\n"
                    + "g=$(seq -s / 1 100); for i in $(seq 1001 1100); do echo nexthop add id $i group $g; done | ip -batch -\n"
                    + "ip route add 11.0.0.0/8 nhid 1001"),
            Case(
                name: "all of it by the container",
                inside: """
                    ip addr add 10.0.0.1/8 dev lan0; ip link set lan0 up
                    \(batch(size, "addr add 10.1.%d.%d/32 dev lan0"))
                    \(batch(size, "route add 11.1.%d.%d via 10.0.0.9 dev lan0"))
                    \(batch(size, "neigh add 10.3.%d.%d lladdr 02:00:00:00:00:07 dev lan0 nud permanent"))
                    \(hops(through: "lan0"))
                    """),
        ]

    /// All of the interface, in an order of its own.
    private static func dump() throws -> String {
        try sh(
            """
            {
            ip -details -o link show dev eth0 | tr -s ' \\\\' '\\n\\n' | grep -v '^altname$' | sort
            ip -o addr show dev eth0
            { ip route show table all; ip -6 route show table all; } | sed ':a;N;$!ba;s/\\n\\t/ /g' | sort
            { ip neigh show dev eth0 nud permanent; ip neigh show proxy; ip nexthop show; } | sort
            bridge vlan show dev eth0
            } | grep -v -e 'fe80::' -e '^multicast ' -e '^\\(NO-CARRIER\\|state\\|UP\\|DOWN\\)'
            """)
    }

    @Test(arguments: cases) func goesAndComesHome(_ example: Case) throws {
        try onThrowawayHost {
            try sh(
                """
                ip link add eth0 type veth peer name peer; ip link set peer up; ip link set eth0 up
                ip addr add 10.0.0.1/8 dev eth0; ip addr add 2001:db8::1/64 dev eth0 nodad
                \(example.host)
                """)
            let before = try Self.dump()
            for isDead in [false, true] {
                let container = try TestContainer()
                let attach = try Program.run("attach", container.reference, "--net", "eth0:lan0", "--force")
                #expect(attach.status == 0, "\(attach)")
                if !example.inside.isEmpty { try container.sh(example.inside) }
                let check = try Program.run("check", container.reference)
                #expect([0, 2].contains(check.status), "\(check)")
                if isDead { container.end() }
                let home = try isDead ? Program.run("recover") : Program.run("detach", container.reference, "--all")
                #expect(home.status == 0, "\(home)")
                let changes = try difference(from: before, to: Self.dump())
                #expect(changes.isEmpty, "\(changes.prefix(1_000))")
            }
        }
    }

    private static let nodeCases: [Case] = [
        Case(
            name: "mounts by the container",
            inside: "mkdir /tmp/m; seq \(size) | while read n; do mount -t tmpfs m$n /tmp/m; done"),
        Case(
            name: "mounts over each other on the node",
            inside: "seq 100 | while read n; do mount --bind /dev/null /dev/null; done"),
        Case(
            name: "processes with the device open",
            inside: "for n in $(seq \(size)); do sleep 1000 < /dev/a/zero & done; sleep 0.1"),
        Case(name: "files open in one process", inside: "ulimit -n 4096; perl -e '\(openMany)' & sleep 0.5"),
        Case(
            name: "names of the node by the container",
            inside: "for n in $(seq \(size)); do ln /dev/a/zero /dev/a/$n; done"),
    ]

    private static let openMany = "open $f[$_], q(<), q(/dev/a/zero) or die for 1 .. 2000; sleep 1000"

    /// A node in a container that has many of something.
    @Test(arguments: nodeCases) func aNodeGoesAndIsTakenAway(_ example: Case) throws {
        try onThrowawayHost {
            for isDead in [false, true] {
                let container = try TestContainer()
                let attach = try Program.run("attach", container.reference, "--misc", "/dev/zero:/dev/a/zero")
                #expect(attach.status == 0, "\(attach)")
                try container.sh("{ \(example.inside); } > /dev/null 2>&1")
                let check = try Program.run("check", container.reference)
                #expect([0, 2].contains(check.status), "\(check)")
                if isDead { container.end() }
                let detach = try isDead ? Program.run("recover") : Program.run("detach", container.reference, "--all")
                #expect(detach.status == 0, "\(detach.description.prefix(1_000))")
                if !isDead { #expect(try container.run(["test", "-e", "/dev/a/zero"]).status != 0) }
                try expectNothingLeft(example.name)
            }
        }
    }

    /// Records of others are in nobody's way.
    @Test func recordsOfOthers() throws {
        try onThrowawayHost {
            let other = try TestContainer()
            #expect(try Program.run("attach", other.reference, "--misc", "/dev/full").status == 0)
            // As many as a host of many containers has: each is read, none but the first stands for a device.
            try sh(
                """
                cd /run/hostdev/attachments; id=$(basename *.xml .xml)
                for n in $(seq \(Self.size)); do new=$(printf %016x $n); sed "s/$id/$new/" $id.xml > $new.xml; done
                """)
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--misc", "/dev/zero").status == 0)
            let list = try Program.run("list")
            #expect(list.status == 0)
            let records = try sh("ls /run/hostdev/attachments | wc -l")
            #expect(records == "\(list.output.split(separator: "\n").count - 1)\n")
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            other.end()
            let recover = try Program.run("recover")
            #expect(recover.status == 0, "\(recover.errors.prefix(1_000))")
            try expectNothingLeft()
        }
    }

    /// The watcher of all containers lives on, and brings home what dead ones had.
    @Test(arguments: [1, 40, 496]) func theWatcherLivesOn(names count: Int) throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer; ip link add eth1 type veth peer name peer1")
            let other = try TestContainer()
            let container = try TestContainer()
            for (container, name) in [(other, "eth1"), (container, "eth0")] {
                let attach = try Program.run("attach", container.reference, "--net", "\(name):lan0")
                #expect(attach.status == 0, "\(attach)")
            }
            let watcher = try Program.start("watch", "--until-idle")
            try container.sh(Self.names(count, on: "lan0"))
            container.end()
            try until(
                "ip link show eth0 > /dev/null 2>&1 && [ -z \"$(hostdev list \(container.reference))\" ]"
                    .replacing("hostdev", with: Program.path))
            #expect(try !sh("ip link show eth0").contains("altname"))
            other.end()
            let end = try watcher.wait()
            #expect(end.status == 0, "\(end)")
            #expect(try sh("ip -o link show eth1").contains("eth1"))
        }
    }
}
