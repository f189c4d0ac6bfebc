import TestHost
import Testing

/// SIGKILL of a watcher or of a recovery between any two steps, a container's end beside a killed run, two at once: the
/// host is always as it was before.
@Suite struct WatchKillTests {
    /// What recovers.
    enum Recovery: String, CaseIterable, Sendable {
        case recover, watch

        var command: [String] { self == .watch ? ["watch", "--until-idle"] : ["recover"] }
    }

    /// What there is to recover.
    enum Situation: CaseIterable, Sendable {
        /// A container has ended.
        case end
        /// An attach was killed in the middle; its container runs.
        case killedAttach
        /// A detach was killed in the middle; its container runs.
        case killedDetach
    }

    private static let attach = ["--net", "eth0:lan0", "--net", "eth1:lan1"]

    /// Brings the situation about on a host with two interfaces.
    private func bringAbout(_ situation: Situation) throws -> TestContainer {
        let container = try TestContainer()
        let killed = ["HOSTDEV_KILL_AT": situation == .killedAttach ? "9" : "5"]
        // A detach of several that is killed leaves those attached that it has not begun with.
        let devices = situation == .killedDetach ? ["--net", "eth0:lan0"] : Self.attach
        let attach = try Program.run(
            ["attach", container.reference] + devices, environment: situation == .killedAttach ? killed : [:])
        #expect(attach.status == (situation == .killedAttach ? 128 + 9 : 0), "\(attach)")
        switch situation {
        case .end: container.end()
        case .killedAttach: break
        case .killedDetach:
            let detach = try Program.run("detach", container.reference, "--all", environment: killed)
            #expect(detach.status == 128 + 9, "\(detach)")
        }
        return container
    }

    private func makeHost() throws -> String {
        try HostInterface.make()
        try sh("ip link add eth1 type veth peer name p1; ip link set eth1 up; ip addr add 203.0.113.1/24 dev eth1")
        return try HostInterface.dump()
    }

    private func expect(before: String, _ place: String) throws {
        #expect(try HostInterface.changes(since: before) == "", "\(place)")
        #expect(try sh("ip addr show dev eth1").contains("203.0.113.1/24"), "\(place)")
        try expectNothingLeft(place)
    }

    @Test(arguments: Recovery.allCases, Situation.allCases)
    func killedAtEachStep(recovery: Recovery, situation: Situation) throws {
        try onThrowawayHost {
            let before = try makeHost()
            var kills = 0
            for step in 1... {
                let container = try bringAbout(situation)
                let run = try Program.run(recovery.command, environment: ["HOSTDEV_KILL_AT": "\(step)"])
                if run.status != 128 + 9 {
                    #expect(run.status == 0, "\(run)")
                    try expect(before: before, "not killed")
                    break
                }
                kills += 1
                // One after the other follows up what the one and the other leave.
                let next = Recovery.allCases[step % 2]
                let again = try Program.run(next.command)
                #expect(again.status == 0, "after step \(step): \(again)")
                try expect(before: before, "\(next) after \(recovery), killed at step \(step)")
                container.end()
            }
            #expect(kills >= 8)
        }
    }

    /// A watcher that is at work sees that a run was killed: at any step of it.
    @Test func theWatcherFinishesWhatIsKilled() throws {
        try onThrowawayHost {
            let before = try makeHost()
            let watch = try Program.start("watch")
            try until("grep -q watching /proc/\(watch.id)/fd/2")
            let container = try TestContainer()
            var kills = 0
            for verb in ["attach", "detach"] {
                for step in 1... {
                    let killed = ["HOSTDEV_KILL_AT": "\(step)"]
                    let attach = try Program.run(
                        ["attach", container.reference] + Self.attach, environment: verb == "attach" ? killed : [:])
                    var last = attach
                    if attach.status == 0 {
                        last = try Program.run(
                            "detach", container.reference, "--all", environment: verb == "detach" ? killed : [:])
                    }
                    if last.status == 128 + 9, !(try Program.run("list").output.contains(" attached ")) { kills += 1 }
                    // What counts as attached is not the watcher's; all else it puts back.
                    try until("! \(Program.path) list | grep -Eq ' (attaching|detaching) '")
                    _ = try Program.run("detach", container.reference, "--all", "--if-attached")
                    try until("[ -z \"$(find /run/hostdev -type f ! -name watcher)\" ]")
                    #expect(try HostInterface.changes(since: before) == "", "\(verb), killed at step \(step)")
                    if last.status == 0 { break }
                    try #require(last.status == 128 + 9, "\(last)")
                }
            }
            #expect(kills >= 20)
            try sh("kill -TERM \(watch.id)")
            #expect(try watch.wait().status == 0)
            try expect(before: before, "at the end")
        }
    }

    /// One stops at a step, and another one does what it can meanwhile: then the first goes on.
    @Test(arguments: Recovery.allCases)
    func twoAtOnceDoNoHarm(recovery: Recovery) throws {
        try onThrowawayHost {
            let before = try makeHost()
            var stops = 0
            for step in 1... {
                _ = try bringAbout(.end)
                let first = try RunningCommand(
                    [Program.path] + recovery.command, environment: ["HOSTDEV_STOP_AT": "\(step)"])
                try until("grep -q '^[0-9]* ([^)]*) [TZ]' /proc/\(first.id)/stat")
                let isStopped = try sh("cat /proc/\(first.id)/stat").contains(") T ")
                let other = try Program.run("recover", "--timeout", "0")
                #expect([0, 75].contains(other.status), "\(other)")
                try sh("kill -CONT \(first.id)")
                #expect(try first.wait().status == 0)
                #expect(try Program.run("recover").status == 0)
                try expect(before: before, "\(recovery), stopped at step \(step)")
                if !isStopped { break }
                stops += 1
            }
            #expect(stops >= 12)
        }
    }

    /// A watcher that is about to leave, at each step of that, and an attach that relies on it: one of the two sees to it
    /// that there is a watcher.
    @Test func noAttachIsMissedByALeavingWatcher() throws {
        try onThrowawayHost {
            let before = try makeHost()
            var stops = 0
            for step in 1... {
                let leaving = try RunningCommand(
                    [Program.path, "watch", "--until-idle"], environment: ["HOSTDEV_STOP_AT": "\(step)"])
                try until("grep -q '^[0-9]* ([^)]*) [TZ]' /proc/\(leaving.id)/stat")
                let isStopped = try sh("cat /proc/\(leaving.id)/stat").contains(") T ")
                let container = try TestContainer()
                let attach = try Program.run(["attach", container.reference] + Self.attach, watched: true)
                #expect(attach.status == 0, "\(attach)")
                try sh("kill -CONT \(leaving.id)")
                container.end()
                try until("! ls /run/hostdev/attachments | grep -q .")
                #expect(try leaving.wait().status == 0)
                for id in watchers() { try awaitEnd(of: id) }
                try expect(before: before, "stopped at step \(step)")
                if !isStopped { break }
                stops += 1
            }
            #expect(stops >= 3)
        }
    }
}
