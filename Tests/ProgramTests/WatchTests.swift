import LinuxSystem
import TestHost
import Testing

/// A container ends, and what it had comes home.
@Suite struct WatchTests {
    @Test func theFirstAttachStartsOneThatLeavesWhenAllIsHome() throws {
        try onThrowawayHost {
            try HostInterface.make()
            try sh("ip link add eth1 type veth peer name p1")
            let before = try HostInterface.dump()
            let container = try TestContainer()
            let attach = ["attach", container.reference, "--net"]
            #expect(try Program.run(attach + ["eth0:lan0", "--dry-run"], watched: true).status == 0)
            #expect(try Program.run(attach + ["eth7"], watched: true).status == 69)
            #expect(watchers() == [], "neither a dry run nor a failure starts one")
            #expect(try Program.run(attach + ["eth0:lan0"], watched: true).status == 0)
            let started = watchers()
            try #require(started.count == 1)
            try until("[ -e /run/hostdev/locks/watcher ]")
            #expect(try Program.run(attach + ["eth1:lan1"], watched: true).status == 0)
            #expect(watchers() == started, "one is enough")
            container.end()
            try awaitEnd(of: started[0])
            #expect(try HostInterface.changes(since: before) == "")
            #expect(try sh("ip -br link").contains("eth1@p1"))
            try expectNothingLeft()
        }
    }

    /// It is there before the first change, also of the attach that started it: killed at any step with changes, that
    /// needs no other run to be undone.
    @Test func aKilledFirstAttachIsUndone() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            var kills = 0
            for step in 1... {
                let attach = try Program.run(
                    "attach", container.reference, "--net", "eth0:lan0", watched: true,
                    environment: ["HOSTDEV_KILL_AT": "\(step)"])
                if try Program.run("list").output.contains("attached") {
                    _ = try Program.run("detach", container.reference, "--all")
                } else {
                    #expect(attach.status == 128 + 9, "\(attach)")
                    kills += 1
                }
                for watcher in watchers() { try awaitEnd(of: watcher) }
                #expect(try HostInterface.changes(since: before) == "", "after step \(step)")
                if attach.status == 0 { break }
                try #require(attach.status == 128 + 9, "\(attach)")
            }
            #expect(kills >= 8)
            _ = try Program.run("recover")
            try expectNothingLeft()
        }
    }

    /// What takes the caller along does not take the watcher: it has nothing of its terminal, session, signals, folder,
    /// descriptors and variables.
    @Test func itHasNothingOfItsCallers() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let container = try TestContainer()
            try sh(
                """
                mkdir /run/here && cd /run/here && exec 7> /run/held
                trap '' HUP TERM USR1
                export SECRET=1
                \(Program.path) attach \(container.reference) --net eth0 --state-dir /run/other
                """)
            let id = try #require(watchers().first)
            let process = "/proc/\(id)"
            try until("[ -e /run/other/locks/watcher ]")
            #expect(try sh("cut -d' ' -f6 \(process)/stat") == "\(id)\n", "a session of its own")
            #expect(try sh("cd \(process)/fd; readlink ../cwd 0 1 2") == "/\n/dev/null\n/dev/null\n/dev/null\n")
            #expect(!(try sh("readlink \(process)/fd/*").contains("/run/held")))
            #expect(try sh("echo $((0x$(sed -n 's/^SigIgn:.//p' \(process)/status) & 0x4201))") == "0\n")
            #expect(try sh("tr '\\0' '\\n' < \(process)/environ | grep -vc '^PATH=' || true") == "0\n")
        }
    }

    /// A namespace with a name has ended when the name is gone, or leads to another one.
    @Test(arguments: [
        ("netns:blue", "ip netns del blue"),
        ("netns:blue", "umount /run/netns/blue"),
        ("netns:blue", "ip netns add red; mount --bind /run/netns/red /run/netns/blue"),
        ("netns:/run/place", "umount /run/place"),
    ])
    func namespacesEndWithTheirNames(reference: String, end: String) throws {
        try onThrowawayHost {
            try HostInterface.make()
            try sh("ip netns add blue; touch /run/place; mount --bind /run/netns/blue /run/place")
            let before = try HostInterface.dump()
            #expect(try Program.run("attach", reference, "--net", "eth0", watched: true).status == 0)
            let started = try #require(watchers().first)
            // Another mount is no end.
            try sh("mkdir /run/mnt; mount -t tmpfs tmpfs /run/mnt")
            #expect(try Program.run("list").output.contains("attached"))
            try sh(end)
            try awaitEnd(of: started)
            // A name without its namespace troubles ip(8).
            try sh("rm -f /run/netns/blue || true")
            #expect(try HostInterface.changes(since: before) == "")
            try expectNothingLeft()
        }
    }

    /// By hand or as a service it stays, and leaves when it is told to.
    @Test func itStaysUntilItIsToldToLeave() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name p0")
            let watch = try Program.start("watch", "--format", "json")
            try until("grep -q watching /proc/\(watch.id)/fd/2")
            for _ in 0..<2 {
                let container = try TestContainer()
                #expect(try Program.run("attach", container.reference, "--net", "eth0", watched: true).status == 0)
                #expect(watchers() == [])
                container.end()
                try until("! ls /run/hostdev/attachments | grep -q .")
                #expect(try sh("ip -br link").contains("eth0@p0"))
            }
            try sh("kill -TERM \(watch.id)")
            let result = try watch.wait()
            #expect(result.status == 0)
            #expect(result.output.hasPrefix(#"{"attached":[],"detached":[{"#))
            #expect(result.output.split(separator: #""name":"eth0""#).count == 5, "two, inside and outside: \(result)")
            try expectNothingLeft()
        }
    }

    /// A second one stands by, and takes over whether the first was killed or left.
    @Test(arguments: ["KILL", "TERM"])
    func theSecondTakesOver(signal: String) throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let first = try Program.start("watch")
            try until("grep -q watching /proc/\(first.id)/fd/2")
            let second = try Program.start("watch")
            try until("grep -q 'another watcher is active' /proc/\(second.id)/fd/2")
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0").status == 0)
            try sh("kill -\(signal) \(first.id)")
            try first.wait()
            container.end()
            try until("grep -q 'detached eth0' /proc/\(second.id)/fd/1")
            #expect(try HostInterface.changes(since: before) == "")
            try sh("kill -TERM \(second.id)")
            #expect(try second.wait().status == 0)
            try expectNothingLeft()
        }
    }

    /// What another run is working on is taken back when that has ended.
    @Test func whatIsLockedIsTakenLater() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            let lock = try sh("stat -Lc 'container-%d-%i' /proc/\(container.id)/ns/net").split(separator: "\n")[0]
            #expect(try Program.run("attach", container.reference, "--net", "eth0", watched: true).status == 0)
            let started = try #require(watchers().first)
            let holder = try RunningCommand(["flock", "--no-fork", "/run/hostdev/locks/\(lock)", "sleep", "infinity"])
            try until("grep -q sleep /proc/\(holder.id)/comm")
            container.end()
            try sh("sleep 0.5; ls /run/hostdev/attachments | grep -q .; kill \(holder.id)")
            try awaitEnd(of: started)
            #expect(try HostInterface.changes(since: before) == "")
            try expectNothingLeft()
        }
    }

    /// When the kernel has lost count of what happened, all is looked at again.
    @Test func lostEventsAreMadeUpFor() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let watch = try Program.start("watch")
            try until("grep -q watching /proc/\(watch.id)/fd/2")
            try sh("kill -STOP \(watch.id)")
            try sh(
                """
                cd /run/hostdev/attachments
                count=$(($(cat /proc/sys/fs/inotify/max_queued_events) + 10))
                seq $count | xargs touch; seq $count | xargs rm
                """)
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0").status == 0)
            try sh("kill -CONT \(watch.id)")
            container.end()
            try until("grep -q 'detached eth0' /proc/\(watch.id)/fd/1")
            #expect(try HostInterface.changes(since: before) == "")
            try sh("kill -TERM \(watch.id)")
            #expect(try watch.wait().status == 0)
            try expectNothingLeft()
        }
    }
}

/// Expects that hostdev has left nothing in its state directory: no record, lock or transaction, no mount. The file of a
/// killed watcher's lock is the next one's.
func expectNothingLeft(_ place: String = "", sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(
        try sh("find /run/hostdev -type f ! -path '*/locks/watcher'") == "", "\(place)", sourceLocation: sourceLocation)
    #expect(try sh("grep /run/hostdev/ /proc/self/mountinfo || true") == "", "\(place)", sourceLocation: sourceLocation)
}
