import FoundationEssentials
import TestHost
import Testing

/// Queueing disciplines with their classes and filters come back as they were; what does not is said before. The guest's kernel
/// has more kinds: `TrafficKindTests`.
@Suite struct TrafficReturnTests {
    @Test(arguments: [
        // A tree: classes in classes, a discipline in one, filters at the discipline and at a class.
        """
        tc qdisc add dev eth0 root handle 1: htb default 10 r2q 20
        tc class add dev eth0 parent 1: classid 1:1 htb rate 10mbit ceil 20mbit
        tc class add dev eth0 parent 1:1 classid 1:10 htb rate 5mbit prio 3 quantum 3000
        tc class add dev eth0 parent 1:1 classid 1:2 htb rate 1mbit
        tc qdisc add dev eth0 parent 1:10 handle 10: tbf rate 3mbit burst 9k limit 30k
        tc filter add dev eth0 parent 1: prio 5 protocol ip u32 match ip dst 10.0.0.0/8 flowid 1:10
        tc filter add dev eth0 parent 1:10 prio 7 u32 match u32 0 0 flowid 1:2
        """,
        // A tree in a tree.
        """
        tc qdisc add dev eth0 root handle 1: htb
        for i in 1 2 3; do tc class add dev eth0 parent 1: classid 1:$i htb rate 1mbit; done
        tc qdisc add dev eth0 parent 1:2 handle 2: htb default 5
        tc class add dev eth0 parent 2: classid 2:5 htb rate 100kbit
        tc filter add dev eth0 parent 2: u32 match u32 0 0 flowid 2:5
        """,
        // Both directions, chains, actions with another interface and with itself; made in another order than that of their
        // priorities.
        """
        tc qdisc add dev eth0 clsact
        tc filter add dev eth0 ingress prio 3 u32 match u32 0 0 action mirred egress redirect dev ifb0
        tc filter add dev eth0 ingress prio 1 protocol ip u32 match ip src 10.0.0.1 flowid 1:1
        tc filter add dev eth0 egress protocol ip prio 9 chain 2 u32 match ip src 1.2.3.4 action mirred egress mirror dev eth0
        """,
        // Tables of u32's, and what leads to them.
        """
        tc qdisc add dev eth0 ingress
        tc filter add dev eth0 parent ffff: protocol ip prio 1 handle 1: u32 divisor 256
        tc filter add dev eth0 parent ffff: protocol ip prio 1 u32 ht 1:7: match ip src 10.0.0.7 \\
            action mirred egress redirect dev ifb0
        tc filter add dev eth0 parent ffff: protocol ip prio 1 u32 ht 800:: match ip src 10.0.0.0/8 \\
            hashkey mask 0x000000ff at 12 link 1:
        """,
        "tc qdisc add dev eth0 root handle 5: mq; tc qdisc add dev eth0 parent 5:2 handle 7: tbf rate 3mbit burst 9k limit 30k",
        "tc qdisc add dev eth0 root handle 5: tbf rate 3mbit burst 9k limit 30k; tc qdisc add dev eth0 parent 5:1 handle 6: pfifo limit 77",
        "tc qdisc add dev eth0 clsact; tc filter add dev eth0 ingress protocol ip bpf bytecode '1,6 0 0 4294967295' classid 1:1",
        // Many.
        """
        tc qdisc add dev eth0 root handle 1: htb
        for i in $(seq 1 500); do printf 'class add dev eth0 parent 1: classid 1:%x htb rate 1mbit\\n' $i; done | tc -batch -
        for i in $(seq 1 500); do printf 'filter add dev eth0 parent 1: prio 1 u32 match u32 %d 0xffff flowid 1:%x\\n' $i $i; done | tc -batch -
        """,
    ])
    func isAsBefore(script: String) throws {
        try onThrowawayHost {
            try Self.makeInterface()
            try sh(script)
            let before = try TrafficDump.of("eth0")
            #expect(before.split(separator: "\n").count > 1)
            let container = try TestContainer()
            let attach = try Program.run("attach", container.reference, "--net", "eth0:lan0")
            #expect(attach.status == 0 && attach.errors == "", "\(attach)")
            // What it puts there itself goes.
            try container.sh("tc qdisc add dev lan0 root handle 9: htb; tc qdisc add dev lan0 clsact")
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            #expect(difference(from: before, to: try TrafficDump.of("eth0")) == "")
        }
    }

    private static func makeInterface() throws {
        try sh(
            """
            ip link add eth0 numtxqueues 4 numrxqueues 4 type veth peer name peer; ip link add ifb0 type ifb
            ip link set eth0 up; ip link set peer up
            """)
    }

    /// What cannot be had back is said before anything is done: in a plan, when it is done, and in the result.
    @Test(arguments: [
        // What the kernel takes and does not give back; and what hangs on it goes with it.
        (
            "tc qdisc add dev eth0 root stab mtu 2047 overhead 30 linklayer atm handle 1: tbf rate 1mbit burst 10k limit 10k",
            "qdisc tbf 1:, which cannot be read in full"
        ),
        ("tc qdisc add dev eth0 ingress_block 7 clsact", "qdisc clsact ffff:, with the filters of a block"),
        (
            "tc qdisc add dev eth0 root handle 1: htb; tc class add dev eth0 parent 1: classid 1:1 est 1sec 8sec htb rate 1mbit",
            "the rate estimator of class htb 1:1"
        ),
        (
            """
            cd /run; cat > pass.c <<'END'
            __attribute__((section("tc"), used)) int program(void *context) { return 0; }
            __attribute__((section("license"), used)) char terms[] = "GPL";
            END
            clang -target bpf -O2 -g -c pass.c -o pass.o
            tc qdisc add dev eth0 clsact; tc filter add dev eth0 ingress prio 4 bpf da obj pass.o sec tc
            """, "filter bpf pref 4 handle 0x1 at ffff:fff2, whose program cannot be had again"
        ),
        ("ip link add vx0 type vxlan id 7 dev eth0 dstport 4789 remote 192.0.2.254", "vxlan vx0, for good"),
    ])
    func whatIsLostIsSaidBefore(script: String, loss: String) throws {
        struct Result: Decodable {
            struct Loss: Decodable { let device, what: String }
            struct Step: Decodable { let step, device, detail: String }
            let losses: [Loss]
            let steps: [Step]?
        }
        try onThrowawayHost {
            try Self.makeInterface()
            try sh(script)
            let container = try TestContainer()
            let command = ["attach", container.reference, "--net", "eth0", "--force"]
            let dry = try Program.run(command + ["--dry-run", "--format", "json"])
            let plan = try decode(Result.self, dry)
            #expect(plan.losses.map(\.device) == ["eth0"])
            #expect(plan.losses.first?.what.contains(loss) == true, "\(dry)")
            #expect(plan.steps?.filter { $0.step == "lost" }.map(\.detail) == plan.losses.map(\.what))
            let attach = try Program.run(command)
            #expect(attach.status == 0)
            #expect(attach.errors.contains("warning: eth0 cannot be had back with \(loss)"), "\(attach)")
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            try sh(script.contains("vxlan") ? script : ":")
            guard script.contains("vxlan") else { return }
            let json = try Program.run(command + ["--format", "json"])
            #expect(try decode(Result.self, json).losses.map(\.what) == plan.losses.map(\.what), "\(json)")
        }
    }

    /// An apply says it too.
    @Test func anApplySaysIt() throws {
        try onThrowawayHost {
            try Self.makeInterface()
            try sh("tc qdisc add dev eth0 ingress_block 7 clsact")
            let container = try TestContainer()
            let document = "<devices><hostdev mode='capability' type='net'><source name='eth0'/></hostdev></devices>"
            let dry = try Program.run(
                "apply", container.reference, "-", "--dry-run", "--format", "json", input: document)
            #expect(dry.output.contains("\"losses\":[{\"device\":\"eth0\",\"what\":\"qdisc clsact"), "\(dry)")
            let apply = try Program.run("apply", container.reference, "-", "--no-watch", input: document)
            #expect(apply.status == 0, "\(apply)")
            #expect(apply.errors.contains("warning: eth0 cannot be had back with qdisc clsact"), "\(apply)")
        }
    }
}
