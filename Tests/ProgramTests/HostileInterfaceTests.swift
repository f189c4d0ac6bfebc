import TestHost
import Testing

/// A container that works against the return of an interface: it can neither keep it, nor use it any more, nor choose what
/// the host gets.
@Suite(.serialized) struct HostileInterfaceTests {
    /// What is done in a container that has `eth0` as `lan0`.
    struct Trick: Sendable, CustomTestStringConvertible {
        let name: String
        let script: String
        var testDescription: String { name }
    }

    private static let tricks: [Trick] = [
        Trick(name: "renames it", script: "ip link set lan0 down; ip link set lan0 name evil0; ip link set evil0 up"),
        Trick(name: "gives it an alternative name of the host's", script: "ip link property add dev lan0 altname eth7"),
        Trick(
            name: "gives it the name of the host's lo",
            script: "ip link set lo name x; ip link property add dev lan0 altname lo"),
        Trick(name: "gives it its own name at home as another", script: "ip link property add dev lan0 altname eth0"),
        Trick(
            name: "has another under its old name",
            script: "ip link set lan0 name x0; ip link add lan0 type veth peer name y0; ip link set lan0 up"),
        Trick(
            name: "has another under its name at home",
            script: "ip link add eth0 type veth peer name y0; ip link property add dev y0 altname eth7"),
        Trick(
            name: "changes all that can be changed",
            script: """
                ip link set lan0 mtu 1300 txqueuelen 9 group 99 alias mine promisc on allmulticast on arp off multicast off
                ip link set lan0 address 02:00:00:00:00:ee; ip addr add 10.0.0.1/8 dev lan0; ip route add default dev lan0
                ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev lan0; ip neigh add proxy 10.0.0.8 dev lan0
                bridge fdb add 02:00:00:00:00:08 dev lan0 self; ip link set lan0 addrgenmode none
                ethtool -K lan0 tso off tx-udp-segmentation on; ip link set lan0 gso_max_size 9000 broadcast 02:00:00:00:00:ff
                tc qdisc add dev lan0 root handle 1: htb; tc qdisc add dev lan0 clsact
                tc filter add dev lan0 ingress u32 match u32 0 0 flowid 1:1
                echo 1 > /proc/sys/net/ipv4/conf/lan0/proxy_arp; echo 5 > /proc/sys/net/ipv6/conf/lan0/accept_dad
                """),
        Trick(
            name: "makes it a bridge's port",
            script: "ip link add br0 type bridge; ip link set lan0 master br0; ip link set br0 up"),
        Trick(name: "moves it on to where a process is", script: "\(nested) ip link set lan0 netns $b"),
        Trick(
            name: "moves it on under another name",
            script:
                "\(nested) ip link set lan0 name z; ip link set z netns $b; nsenter -t $b -n ip link set z name evil1"),
        Trick(
            name: "moves it on and on",
            script: """
                \(nested) ip link set lan0 netns $b
                c=$(nsenter -t $b -n sh -c 'unshare -n sleep 1000 > /dev/null 2>&1 & echo $!')
                until [ "$(readlink /proc/$c/ns/net)" != "$(readlink /proc/$b/ns/net)" ]; do :; done
                nsenter -t $b -n ip link set lan0 netns $c
                """),
        Trick(
            name: "moves it on to a mount", script: "mount -t tmpfs t /run; ip netns add n; ip link set lan0 netns n"),
        Trick(
            name: "moves it on to a descriptor",
            script: """
                \(nested) sh -c "exec 9< /proc/$b/ns/net; exec sleep 1000" > /dev/null 2>&1 & f=$!
                until [ -e /proc/$f/fd/9 ]; do :; done
                ip link set lan0 netns $b; kill -9 $b
                """),
        Trick(
            name: "moves it on and leaves another in its place",
            script: """
                \(nested) i=$(ip -o link show lan0 | cut -d: -f1)
                ip link set lan0 netns $b; ip link add lan0 index $i type veth peer name y0 index 4711
                """),
    ]
    // A namespace with a process, whose number is $b.
    private static let nested = """
        unshare -n sleep 1000 > /dev/null 2>&1 & b=$!
        until [ "$(readlink /proc/$b/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done;
        """

    @Test(arguments: tricks)
    func comesHomeAsItWas(trick: Trick) throws {
        try onThrowawayHost {
            try HostInterface.make()
            try sh("ip link add eth7 type veth peer name peer7")
            let before = try HostInterface.dump()
            let links = try Self.links()
            let container = try TestContainer()
            let attach = try Program.run("attach", container.reference, "--net", "eth0:lan0")
            #expect(attach.status == 0, "\(attach)")
            try container.sh(trick.script)
            let monitor = try RunningCommand(["ip", "monitor", "link"])
            defer { monitor.end() }
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            let changes = try HostInterface.changes(since: before)
            #expect(changes == "")
            #expect(try Self.links() == links)
            // Not even for a moment.
            #expect(monitor.outputSoFar.contains("eth0") && !monitor.outputSoFar.contains("evil"))
            #expect(try sh("find /run/hostdev -type f; grep -c hostdev /proc/self/mountinfo || true") == "0\n")
        }
    }

    private static func links() throws -> String { try sh("ip -br link | cut -d' ' -f1 | sort") }

    /// It does all it can as fast as it can while the interface is taken away.
    @Test(arguments: [
        "link property add dev DEV altname eth7\nlink property del dev DEV altname eth7",
        "link property add dev DEV altname lo",
        "link set DEV name evil0\nlink set evil0 name evil1\nlink set evil1 name DEV",
        "link set DEV up\nlink set DEV alias x\nlink set DEV promisc on\nlink set DEV promisc off",
        // Not to be deleted under either name: they are the interface's own for a moment.
        "link add eth0 type veth peer name y0\nlink set eth0 name z0\nlink del y0",
    ])
    func againstAFlood(commands: String) throws {
        try onThrowawayHost {
            try HostInterface.make()
            try sh("ip link add eth7 type veth peer name peer7")
            let before = try HostInterface.dump()
            let links = try Self.links()
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0:lan0").status == 0)
            let batch = commands.replacing("DEV", with: "lan0")
            // In a PID namespace of its own: its end is the end of all of it.
            let flood = try RunningCommand([
                "unshare", "--pid", "--fork", "--kill-child", "nsenter", "--net=/proc/\(container.id)/ns/net", "sh",
                "-c",
                "(while :; do echo '\(batch)'; done) | ip -force -batch - 2> /dev/null",
            ])
            defer { flood.end() }
            try sh("sleep 0.5")
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            let changes = try HostInterface.changes(since: before)
            #expect(changes == "")
            #expect(try Self.links() == links)
            #expect(try sh("find /run/hostdev -type f; grep -c hostdev /proc/self/mountinfo || true") == "0\n")
        }
    }

    /// What the container has put on top of it would go on using it from where it is.
    @Test(arguments: [
        "ip link add link lan0 name mac0 type macvlan; ip link set mac0 up",
        "ip link add link lan0 name mac0 type macvtap; ip link set mac0 up",
        "\(nested) ip link add link lan0 name mac0 netns $b type macvlan; nsenter -t $b -n ip link set mac0 up",
    ])
    func nothingIsLeftOnTopOfIt(script: String) throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0:lan0").status == 0)
            try container.sh(script)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            let inside = try container.sh("for p in /proc/[0-9]*; do nsenter --net=$p/ns/net ip -o link || true; done")
            #expect(inside.contains("lo:") && !inside.contains("mac0"), "\(inside)")
            let changes = try HostInterface.changes(since: before)
            #expect(changes == "")
        }
    }

    /// A packet program that the container has put on it is taken off; the host's own stays.
    @Test(arguments: ["xdpgeneric", "xdpdrv"])
    func itsPacketProgramIsTakenOff(mode: String) throws {
        try onThrowawayHost {
            try HostInterface.make()
            try sh(
                """
                cd /run; cat > pass.c <<'END'
                __attribute__((section("xdp"), used)) int program(void *context) { return 2; }
                __attribute__((section("license"), used)) char terms[] = "GPL";
                END
                clang -target bpf -O2 -g -c pass.c -o pass.o
                """)
            let container = try TestContainer()
            let load = "link set dev DEV \(mode) obj /run/pass.o sec xdp"
            for isHosts in [false, true] {
                if isHosts { try sh("ip \(load.replacing("DEV", with: "eth0"))") }
                let before = try HostInterface.dump()
                #expect(try Program.run("attach", container.reference, "--net", "eth0:lan0").status == 0)
                if !isHosts {
                    try sh("nsenter --net=/proc/\(container.id)/ns/net ip \(load.replacing("DEV", with: "lan0"))")
                    #expect(try container.sh("ip link show lan0").contains("prog/xdp"))
                }
                let detach = try Program.run("detach", container.reference, "--all")
                #expect(detach.status == 0, "\(detach)")
                let changes = try HostInterface.changes(since: before)
                #expect(changes == "")
                #expect(try sh("ip link show eth0").contains("prog/xdp") == isHosts)
            }
            // Taken off in the container: nobody but who loaded it can put it on again, and that is said.
            #expect(try Program.run("attach", container.reference, "--net", "eth0:lan0").status == 0)
            try container.sh("ip link set dev lan0 \(mode) off")
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 1, "\(detach)")
            #expect(detach.errors.contains("was taken off in the container"), "\(detach)")
        }
    }

    /// Deleted where it was virtual: that is said, and nothing is left of it.
    @Test func whatItDeletesIsGone() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0:lan0").status == 0)
            try container.sh("ip link del lan0; ip link add lan0 type bridge")
            let detach = try Program.run("detach", container.reference, "--all", "--format", "json")
            #expect(detach.status == 1, "\(detach)")
            #expect(detach.output.contains("eth0 is gone: it was deleted in the container"), "\(detach)")
            #expect(try Program.run("list").output == "")
            #expect(try sh("find /run/hostdev -type f; grep -c hostdev /proc/self/mountinfo || true") == "0\n")
            #expect(try container.sh("ip link show lan0").contains("lan0"))
        }
    }

    /// Moved on to where nothing leads: it is said where, and the record stays.
    @Test func whereNothingLeads() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0:lan0").status == 0)
            // A socket keeps its namespace alive, and nothing in proc leads to it.
            let holder = try RunningCommand([
                "nsenter", "--target", "\(container.id)", "--net", "unshare", "--net", "bash", "-c",
                """
                ip link set lo up; exec 3<> /dev/udp/127.0.0.1/9
                nsenter --target \(container.id) --net ip link set lan0 netns $$
                exec nsenter --target \(container.id) --net sh -c 'echo gone; exec sleep 1000'
                """,
            ])
            while !holder.outputSoFar.contains("gone") { try sh("sleep 0.01") }
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 1, "\(detach)")
            #expect(detach.errors.contains("eth0 was moved on: it is lan0, number"), "\(detach)")
            #expect(try Program.run("list").output.contains("eth0"))
        }
    }
}
