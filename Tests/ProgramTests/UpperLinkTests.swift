import TestHost
import Testing

/// What others have on top of an interface, wherever it is: it keeps the interface at home, and is theirs when it has been
/// away all the same.
@Suite struct UpperLinkTests {
    struct Upper: Sendable, CustomTestStringConvertible {
        let kind: String
        let place: Place
        var testDescription: String { "\(kind) \(place)" }

        enum Place: Sendable, CaseIterable {
            case host, namedNamespace, anotherContainer, theContainer
        }

        /// Makes `up0` on `eth0`, and returns what the guard says of it and how to run something beside it.
        func make(in container: TestContainer, other: TestContainer) throws -> (name: String, beside: String) {
            let (name, beside, there): (String, String, String)
            switch place {
            case .host: (name, beside, there) = ("", "", "")
            case .namedNamespace:
                try sh("ip netns add blue")
                (name, beside, there) = (" in netns:blue", "ip netns exec blue", "netns blue")
            case .anotherContainer:
                (name, beside) = (" in pid:\(other.id)", "nsenter --net=/proc/\(other.id)/ns/net")
                there = "netns \(other.id)"
            case .theContainer:
                (name, beside) = (" in \(container.reference)", "nsenter --net=/proc/\(container.id)/ns/net")
                there = "netns \(container.id)"
            }
            try sh("ip link add link eth0 name up0 \(there) type \(kind)")
            try sh(
                """
                \(beside) sh -ec 'ip link set up0 up; ip addr add 10.5.0.1/24 dev up0; ip addr add 2001:db8:5::1/64 dev up0 nodad
                ip route add 10.6.0.0/16 via 10.5.0.9; until ! ip addr show dev up0 | grep -q tentative; do sleep 0.05; done'
                """)
            return (name, beside)
        }

        static let all = ["macvlan", "macvtap"].flatMap { kind in Place.allCases.map { Upper(kind: kind, place: $0) } }
    }

    /// How the interface comes home.
    enum Return: String, CaseIterable, Sendable {
        case detach, recover, watch
    }

    @Test(arguments: Upper.all, Return.allCases)
    func isSomebodyElses(_ upper: Upper, by way: Return) throws {
        // It dies with the container in which it is.
        guard upper.place != .theContainer || way == .detach else { return }
        try onThrowawayHost {
            try HostInterface.make()
            let container = try TestContainer()
            let other = try TestContainer()
            let (name, beside) = try upper.make(in: container, other: other)
            let dump = "\(beside) sh -c 'ip -d addr show dev up0; ip route show dev up0; ip -6 route show dev up0'"
            let (home, before) = (try HostInterface.dump(), try sh(dump))
            let refused = try Program.run("attach", container.reference, "--net", "eth0:lan0")
            #expect(refused.status == 75, "\(refused)")
            #expect(refused.errors.contains("eth0 is what \(upper.kind) up0\(name) sits on"), "\(refused)")
            #expect(try HostInterface.changes(since: home) == "")
            let attach = try Program.run(
                "attach", container.reference, "--net", "eth0:lan0", "--force", watched: way == .watch)
            #expect(attach.status == 0, "\(attach)")
            // Its owner goes on in the meantime; the container makes one of its own.
            try sh("\(beside) ip route add 10.7.0.0/16 via 10.5.0.9")
            try container.sh("ip link add link lan0 name own0 type macvlan; ip link set own0 up")
            switch way {
            case .detach:
                let detach = try Program.run("detach", container.reference, "--all")
                #expect(detach.status == 0, "\(detach)")
                #expect(!(try container.sh("ip -o link").contains("own0")))
            case .recover:
                container.end()
                let recover = try Program.run("recover")
                #expect(recover.status == 0, "\(recover)")
            case .watch:
                container.end()
                try until("! ls /run/hostdev/attachments | grep -q .")
            }
            try sh("\(beside) ip route del 10.7.0.0/16")
            #expect(try HostInterface.changes(since: home) == "")
            // The kernel tells upper links of the carrier below them with a delay.
            var changed = difference(from: before, to: try sh(dump))
            for _ in 0..<600 where !changed.isEmpty {
                try sh("sleep 0.1")
                changed = difference(from: before, to: try sh(dump))
            }
            #expect(changed == "")
        }
    }

    /// Where nothing leads but the number by which the host knows the place: a socket keeps it.
    @Test func isSeenByNumber() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let holder = try RunningCommand([
                "unshare", "--net", "bash", "-c",
                """
                ip link set lo up; exec 3<> /dev/udp/127.0.0.1/9; echo here; read < /run/made
                exec nsenter --net=/run/netns/lab sh -c 'echo gone; exec sleep 1000'
                """,
            ])
            try sh("mkfifo /run/made")
            while !holder.outputSoFar.contains("here") { try sh("sleep 0.01") }
            try sh("ip link add link eth0 name up0 type macvlan; ip link set up0 netns \(holder.id); echo > /run/made")
            while !holder.outputSoFar.contains("gone") { try sh("sleep 0.01") }
            let container = try TestContainer()
            let refused = try Program.run("attach", container.reference, "--net", "eth0")
            #expect(refused.status == 75, "\(refused)")
            #expect(refused.errors.contains("eth0 is what macvlan up0 in network namespace number"), "\(refused)")
            #expect(try Program.run("attach", container.reference, "--net", "eth0", "--force").status == 0)
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            #expect(try Program.run("attach", container.reference, "--net", "eth0").errors.contains("macvlan up0"))
        }
    }

    /// What is made from the container's side while it has the interface goes with the return, wherever it is by then.
    @Test(arguments: [
        "ip link add link lan0 name own0 type macvlan",
        "ip link add link lan0 name own0 type macvtap",
        "ip link add link lan0 name own0 netns DEEP type macvlan",
        "ip link add link lan0 name own0 type macvlan; ip link set own0 netns DEEP",
        "ip link add own0 type vxlan id 7 dev lan0 dstport 4789 remote 192.0.2.254",
    ])
    func theContainersOwnGoes(script: String) throws {
        try onThrowawayHost {
            try HostInterface.make()
            // Somebody else's beside it.
            try sh("ip netns add blue; ip link add link eth0 name up0 netns blue type macvlan")
            let container = try TestContainer()
            let attach = try Program.run("attach", container.reference, "--net", "eth0:lan0", "--force")
            #expect(attach.status == 0, "\(attach)")
            let deep =
                "unshare -n sleep 1000 > /dev/null 2>&1 & b=$!; until [ \"$(readlink /proc/$b/ns/net)\" != \"$(readlink /proc/self/ns/net)\" ]; do :; done"
            try container.sh("\(deep); \(script.replacing("DEEP", with: "$b"))")
            let all = "for p in /proc/[0-9]*; do nsenter --net=$p/ns/net ip -o link || true; done"
            #expect(try container.sh(all).contains("own0"))
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            let inside = try container.sh(all)
            #expect(inside.contains("lo:") && !inside.contains("own0"), "\(inside)")
            #expect(try sh("ip -n blue link").contains("up0"))
        }
    }

    /// Its owner may move it on while the interface is away: it is known again by its address.
    @Test func isMovedOnMeanwhile() throws {
        try onThrowawayHost {
            try HostInterface.make()
            try sh("ip netns add blue; ip netns add red; ip link add link eth0 name up0 netns blue type macvlan")
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0", "--force").status == 0)
            try sh("ip -n red link add up0 type veth peer name x; ip -n red link set up0 name y")
            try sh("ip -n blue link set up0 netns red")
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            #expect(try sh("ip -n red link").contains("up0"))
        }
    }

    /// A kind that the kernel itself deletes when the interface leaves: that is said.
    @Test(arguments: ["", "ip netns add blue; ip link set up0 netns blue"])
    func whatTheKernelDeletesIsSaid(script: String) throws {
        try onThrowawayHost {
            try HostInterface.make()
            try sh("ip link add up0 type vxlan id 7 dev eth0 dstport 4789 remote 192.0.2.254; \(script)")
            let place = script.isEmpty ? "" : " in netns:blue"
            let container = try TestContainer()
            let refused = try Program.run("attach", container.reference, "--net", "eth0")
            #expect(refused.status == 75, "\(refused)")
            #expect(refused.errors.contains("eth0 is what vxlan up0\(place) sits on"), "\(refused)")
            let attach = try Program.run("attach", container.reference, "--net", "eth0", "--force")
            #expect(attach.status == 0, "\(attach)")
            #expect(attach.errors.contains("vxlan up0\(place), for good"), "\(attach)")
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
        }
    }

    /// A record of an earlier release does not say what sat on the interface in other network namespaces: nothing of that is
    /// taken from others, and it is said.
    @Test func anOldRecordTakesNothing() throws {
        try onThrowawayHost {
            try HostInterface.make()
            try sh("ip netns add blue; ip link add link eth0 name up0 netns blue type macvlan")
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0", "--force").status == 0)
            try sh(
                """
                for f in /run/hostdev/attachments/*; do
                    sed -i "s/ upper-links='all'//; /<interface [^>]*name='up0'/,/<\\/interface>/d" $f
                done
                """)
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 1, "\(detach)")
            #expect(detach.errors.contains("macvlan up0 in netns:blue sits on eth0; it is left"), "\(detach)")
            #expect(try sh("ip -n blue link").contains("up0"))
        }
    }
}
