import TestHost
import Testing

/// SIGKILL between any two steps: what comes next brings the device to attached, or to as before.
@Suite struct KillTests {
    private static let document = """
        <hostdev mode='capability'>
          <source name='eth0'/><target name='lan0'/><mac address='02:00:00:00:00:aa'/><mtu size='1300'/>
          <ip address='192.0.2.7'/><route address='default' gateway='192.0.2.7'/>
        </hostdev>
        """

    /// How a killed run is followed up.
    enum Next: String, CaseIterable, Sendable {
        /// By `recover`.
        case recover
        /// By the same command once more.
        case again
    }

    @Test(arguments: Next.allCases)
    func attachKilledAtEachStep(next: Next) throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            var kills = 0
            for step in 1... {
                let result = try Program.run(
                    "attach", container.reference, "-", input: Self.document,
                    environment: ["HOSTDEV_KILL_AT": "\(step)"])
                if result.status == 0 { break }
                try #require(result.status == 128 + 9, "\(result)")
                kills += 1
                let committed = try Program.run("list").output.contains("attached")
                let again =
                    next == .recover
                    ? try Program.run("recover")
                    : try Program.run("attach", container.reference, "-", input: Self.document)
                if committed {
                    #expect(try container.sh("ip link show lan0").contains("UP"))
                } else {
                    #expect(again.status == 0, "after step \(step): \(again)")
                    if next == .recover {
                        #expect(try HostInterface.changes(since: before) == "", "after step \(step)")
                    }
                }
                _ = try Program.run("detach", container.reference, "--all", "--if-attached")
                #expect(try HostInterface.changes(since: before) == "", "after step \(step)")
                #expect(try Program.run("recover").status == 0)
                #expect(try sh("find /run/hostdev -type f") == "", "after step \(step)")
            }
            #expect(kills >= 8)
        }
    }

    /// A detach that is killed may have left the interface on the host, and not as it was: who attaches it elsewhere before
    /// anybody recovers does not take that for its state.
    @Test func detachKilledAndAttachedElsewhere() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            let other = try TestContainer()
            for step in 1... {
                let attach = try Program.run("attach", container.reference, "--net", "eth0:lan0")
                #expect(attach.status == 0, "before step \(step): \(attach)")
                let detach = try Program.run(
                    "detach", container.reference, "--all", environment: ["HOSTDEV_KILL_AT": "\(step)"])
                let next = try Program.run("attach", other.reference, "--net", "eth0:wan0")
                // Killed before anything was to change, it is the first one's.
                #expect(next.status == 0 || next.status == 75, "after step \(step): \(next)")
                // Now what the killed run has left is recovered, while the other one has the interface.
                let recover = try Program.run("recover")
                #expect(recover.status == 0, "after step \(step): \(recover)")
                if next.status == 0 { #expect(try Program.run("detach", other.reference, "--all").status == 0) }
                _ = try Program.run("detach", container.reference, "--all", "--if-attached")
                #expect(try HostInterface.changes(since: before) == "", "after step \(step)")
                try expectNothingLeft("after step \(step)")
                if detach.status == 0 { break }
                try #require(detach.status == 128 + 9, "\(detach)")
            }
        }
    }

    @Test(arguments: Next.allCases)
    func detachKilledAtEachStep(next: Next) throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            var kills = 0
            for step in 1... {
                #expect(try Program.run("attach", container.reference, "-", input: Self.document).status == 0)
                let result = try Program.run(
                    "detach", container.reference, "--all", environment: ["HOSTDEV_KILL_AT": "\(step)"])
                if result.status == 0 { break }
                try #require(result.status == 128 + 9, "\(result)")
                kills += 1
                let again =
                    next == .recover
                    ? try Program.run("recover")
                    : try Program.run("detach", container.reference, "--all", "--if-attached")
                #expect(again.status == 0, "after step \(step): \(again)")
                // Before the record says that it is taken back, it is attached.
                if try Program.run("list").output.contains(" attached ") {
                    #expect(step == 1)
                    #expect(try container.sh("ip link show lan0").contains("UP"))
                    #expect(try Program.run("detach", container.reference, "--all").status == 0)
                }
                #expect(try HostInterface.changes(since: before) == "", "after step \(step)")
                #expect(try Program.run("recover").status == 0)
                #expect(try sh("find /run/hostdev -type f") == "", "after step \(step)")
            }
            #expect(kills >= 8)
        }
    }
}
