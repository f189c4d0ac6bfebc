import FoundationEssentials
import TestHost
import Testing

/// What the kernel does with an interface that moves, and nobody expects: whatever it is, the interface ends in the container
/// as the document says, or is on the host as it was; and it comes home as it was.
@Suite struct KernelFactTests {
    struct Fact: Sendable, CustomTestStringConvertible {
        /// What the kernel does.
        let fact: String
        /// What is done on the host before, which has `eth0` and `eth7`.
        var host = ":"
        /// What is done in the container before.
        var inside = ":"
        var target = "lan0"
        /// More of the document.
        var content = ""
        /// The code of the refusal; nil where it is attached.
        var refusal: String?
        /// What is done in the container while it has the interface, and has to work.
        var then = ":"
        /// What becomes of the container in the end.
        var isKilled = false
        var testDescription: String { fact }
    }

    private static let facts: [Fact] = [
        Fact(
            fact: "it moves first and renames second: the name is taken", inside: "ip link add lan0 type bridge",
            refusal: "name-taken"),
        Fact(
            fact: "it moves first and renames second: the name is an alternative one there",
            inside: "ip link add b0 type bridge; ip link property add dev b0 altname lan0", refusal: "name-taken"),
        Fact(
            fact: "it refuses the move for an alternative name that is taken there",
            inside: "ip link add enp3s0 type bridge", refusal: "name-taken"),
        Fact(
            fact: "it moves first and refuses the MTU second", content: "<mtu size='70000'/>",
            refusal: "invalid-document"),
        Fact(
            fact: "only a name that is taken there is replaced on arrival", inside: "ip link add eth0 type bridge",
            then: "ip link show eth0 | grep -q MULTICAST; ip link show lan0"),
        Fact(
            fact: "names, group, alias and queue length move along; addresses and routes do not",
            then: """
                ip -d link show lan0 | grep -q 'group 7 qlen 555'; ip link show lan0 | grep -q 'alias the uplink'
                ip link show lan0 | grep -q 'altname enp3s0'; test -z "$(ip -4 addr show lan0)$(ip route)"
                """),
        Fact(
            fact: "going down takes the global IPv6 addresses: they were read before",
            content: "<ip inherit='yes'/>",
            then: "ip addr show lan0 | grep -q 2001:db8::1/64; ip addr show lan0 | grep -q 192.0.2.1/24"),
        Fact(
            fact: "rules stay behind, without their interface", host: "ip -6 rule add iif eth0 table 7 pref 79",
            then: "test -z \"$(ip rule | grep 77)\""),
        Fact(
            fact: "its number is taken there",
            inside: "ip link add thief index $INDEX type bridge; ip link show thief | grep -q ^$INDEX:",
            then: "ip link show lan0 | grep -qv ^$INDEX: ; ip link show thief | grep -q ^$INDEX:"),
        Fact(
            fact: "the interface of a namespace that ends is destroyed, or dropped elsewhere under any name",
            isKilled: true),
        Fact(
            fact: "a name asked for is looked up among all: another interface has taken it meanwhile",
            then: "ip link set lan0 name x0; ip link add lan0 type bridge"),
    ]

    @Test(arguments: facts)
    func doesNoHarm(fact: Fact) throws {
        try onThrowawayHost {
            try HostInterface.make()
            try sh("ip link add eth7 type veth peer name peer7; \(fact.host)")
            let index = try sh("ip -o link show eth0 | cut -d: -f1").dropLast()
            let before = try HostInterface.dump()
            let links = try sh("ip -br link | sort")
            let container = try TestContainer()
            try container.sh(fact.inside.replacing("$INDEX", with: index))
            let document =
                "<hostdev mode='capability'><source name='eth0'/><target name='\(fact.target)'/>\(fact.content)</hostdev>"
            let attach = try Program.run(
                "attach", container.reference, "-", "--format", "json", input: document)
            if let refusal = fact.refusal {
                #expect(attach.status != 0)
                #expect(try decode(ErrorDocument.self, attach).error.code == refusal, "\(attach)")
            } else {
                #expect(attach.status == 0, "\(attach)")
                try container.sh(fact.then.replacing("$INDEX", with: index))
                if fact.isKilled { container.end() }
                let detach = try Program.run("detach", container.reference, "--all")
                #expect(detach.status == 0, "\(detach)")
            }
            let changes = try HostInterface.changes(since: before)
            #expect(changes == "")
            #expect(try sh("ip -br link | sort") == links)
            #expect(try sh("find /run/hostdev -type f 2> /dev/null || true") == "")
        }
    }

    /// A move and a rename in one are two names for udev: it comes home under one.
    @Test func theHostSeesOneName() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0:lan0").status == 0)
            let monitor = try RunningCommand(["ip", "-o", "monitor", "link"])
            defer { monitor.end() }
            // What changes about an interface that is down, nobody is told of.
            try sh("ip link add probe type bridge; ip link set probe up")
            while !monitor.outputSoFar.contains("probe") {
                try sh("ip link set probe alias x; sleep 0.01; ip link set probe alias y")
            }
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            try sh("ip link set probe alias end")
            let names = Set(monitor.outputSoFar.matches(of: /(?m)^\d+: ([^:@ ]+)[@:]/).map { String($0.output.1) })
            #expect(names == ["eth0", "probe"], "\(monitor.outputSoFar)")
        }
    }
}
