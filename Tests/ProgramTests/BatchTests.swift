import TestHost
import Testing

/// A document with several interfaces is one transaction.
@Suite struct BatchTests {
    /// Cables named after their ends; the other ends stay on the host and keep them apart.
    private static func makeCables(_ names: [String]) throws {
        for name in names { try sh("ip link add \(name) type veth peer name \(name)-peer") }
    }

    @Test func namesAreSwapped() throws {
        try onThrowawayHost {
            try Self.makeCables(["eth0", "eth1", "eth2"])
            let container = try TestContainer()
            let before = try sh("ip -o link show | cut -d' ' -f1,2")
            let moved = try Program.run(
                "attach", container.reference, "--net", "eth0:eth1", "--net", "eth1:eth2", "--net", "eth2:eth0")
            #expect(moved.status == 0, "\(moved)")
            // Each took its host's number along, which tells who is who.
            for (old, new) in [("eth0", "eth1"), ("eth1", "eth2"), ("eth2", "eth0")] {
                let number = try sh("echo '\(before)' | sed -nE 's/^([0-9]+): \(old)@.*/\\1/p'")
                #expect(try container.sh("ip -o link show \(new) | cut -d: -f1") == number, "\(old)")
            }
            let back = try Program.run("detach", container.reference, "--all")
            #expect(back.status == 0, "\(back)")
            #expect(try sh("ip -o link show | cut -d' ' -f1,2") == before)
        }
    }

    /// The last of many cannot be set up: none of them stays.
    @Test func oneFailurePutsAllBack() throws {
        try onThrowawayHost {
            try Self.makeCables((0..<12).map { "eth\($0)" })
            let container = try TestContainer()
            let before = try sh("ip -d link")
            let hostdevs = (0..<12).map { number in
                """
                <hostdev mode='capability'>
                  <source name='eth\(number)'/><target name='lan\(number)'/>
                  \(number == 11 ? "<ip address='192.0.2.1'/><ip address='192.0.2.1'/>" : "")
                </hostdev>
                """
            }
            let document = "<devices>\(hostdevs.joined())</devices>"
            let result = try Program.run("attach", container.reference, "-", input: document)
            #expect(result.status == 1, "\(result)")
            #expect(try sh("ip -d link") == before)
            #expect(try sh("find /run/hostdev -type f") == "")
            #expect(try !container.sh("ip link").contains("lan"))
        }
    }

    @Test func killedBetweenMoves() throws {
        try onThrowawayHost {
            try Self.makeCables(["eth0", "eth1", "eth2"])
            let container = try TestContainer()
            let before = try sh("ip -d link")
            for step in 1... {
                let result = try Program.run(
                    "attach", container.reference, "--net", "eth0:eth1", "--net", "eth1:eth2", "--net", "eth2:eth0",
                    environment: ["HOSTDEV_KILL_AT": "\(step)"])
                if result.status == 0 {
                    #expect(step > 12)
                    break
                }
                try #require(result.status == 128 + 9, "\(result)")
                let isAttached = try Program.run("list").output.contains("attached")
                #expect(try Program.run("recover").status == 0)
                if isAttached { #expect(try Program.run("detach", container.reference, "--all").status == 0) }
                #expect(try sh("ip -d link") == before, "after step \(step)")
                #expect(try sh("find /run/hostdev -type f") == "", "after step \(step)")
            }
        }
    }
}
