import TestHost
import Testing

/// `--through-vzctl`, with a fake that has the flaws of the real one: see `fake-vzctl`.
@Suite struct VZCtlTests {
    private static func onHost(_ body: (TestContainer) throws -> Void) throws {
        try OpenVZLiveTests.onHost { container in
            try OpenVZHost.installFakeVZCtl()
            try sh(
                """
                ip addr add 192.0.2.9/24 dev eth1
                group=/sys/fs/cgroup/devices$(sed -n 's/^[0-9]*:devices://p' /proc/\(container.id)/cgroup)
                echo a > $group/devices.deny
                echo 'c 1:3 rwm' > $group/devices.allow
                """)
            try body(container)
        }
    }

    /// A container with that conf that does not run.
    private static func withConf(_ conf: String, _ body: () throws -> Void) throws {
        try onThrowawayHost {
            try OpenVZHost.make()
            try OpenVZHost.configure(101, conf)
            try OpenVZHost.installFakeVZCtl()
            try body()
        }
    }

    private static func hostdev(_ verb: String, _ arguments: String..., timeout: String = "60") throws -> CommandResult
    {
        try Program.run([verb, "openvz:101"] + arguments + ["--through-vzctl", "--timeout", timeout])
    }

    @Test func attachesAndDetaches() throws {
        try Self.onHost { container in
            let attach = try Self.hostdev("attach", "--net", "eth1", "--misc", "/dev/full", "--live", "--config")
            #expect(attach.status == 0, "\(attach)")
            #expect(try OpenVZHost.fakeVZCtlRuns() == "set 101 --netdev_add eth1 --devnodes full:rw --save\n")
            #expect(try container.sh("ip -br link show eth1").contains("UP"))
            #expect(try container.run(["head", "-c1", "/dev/full"]).status == 0)
            #expect(try OpenVZHost.conf(101) == "ONBOOT=\"yes\"\nDEVNODES=\"full:rw \"\nNETDEV=\"eth1\"\n")
            let list = try Program.run("list", "101").output
            #expect(list.contains("attached") && list.contains("configured"), "\(list)")
            let check = try Program.run("check", "101")
            #expect(check.status == 0, "\(check)")

            let detach = try Self.hostdev("detach", "--net", "eth1", "--misc", "/dev/full", "--live", "--config")
            #expect(detach.status == 0, "\(detach)")
            #expect(try OpenVZHost.fakeVZCtlRuns().hasSuffix("set 101 --netdev_del eth1 --devnodes full:none --save\n"))
            #expect(try sh("ip addr show eth1").contains("192.0.2.9/24"), "vzctl alone loses it")
            #expect(try container.run(["head", "-c1", "/dev/full"]).status != 0)
            #expect(try Program.run("list", "101").output == "")
        }
    }

    @Test func withoutSaving() throws {
        try Self.onHost { container in
            let attach = try Self.hostdev("attach", "--net", "eth1")
            #expect(attach.status == 0, "\(attach)")
            #expect(try OpenVZHost.fakeVZCtlRuns() == "set 101 --netdev_add eth1\n")
            #expect(try container.sh("ip -br link show eth1").contains("UP"))
            #expect(try OpenVZHost.conf(101) == OpenVZLiveTests.conf)
            #expect(try Self.hostdev("detach", "--net", "eth1").status == 0)
            #expect(try sh("ip addr show eth1").contains("192.0.2.9/24"))
        }
    }

    /// vzctl says that it has worked, and it has not: all is as before, the conf that it has written included.
    @Test(arguments: [
        (["--net", "eth1"], "eth1 is not in the container"),
        (["--misc", "/dev/full"], "the container may not use c 1:7"),
    ])
    func aFalseSuccess(arguments: [String], message: String) throws {
        try Self.onHost { container in
            try OpenVZHost.tellFakeVZCtl("idle")
            let links = try sh("ip addr show eth1")
            for scope in [["--live"], ["--live", "--config"]] {
                let result = try Program.run(["attach", "openvz:101", "--through-vzctl"] + arguments + scope)
                #expect(result.status == 1, "\(result)")
                #expect(result.errors.contains("says that it has worked"), "\(result)")
                #expect(result.errors.contains(message), "\(result)")
                #expect(try OpenVZHost.conf(101) == OpenVZLiveTests.conf)
                #expect(try sh("ip addr show eth1") == links)
                #expect(try Program.run("list", "openvz:101").output == "")
            }
        }
    }

    /// One of several did not work: all are put back.
    @Test func allOrNothing() throws {
        try Self.onHost { container in
            try sh("ip link add eth2 type veth peer name p2; ip link add eth3 type veth peer name p3")
            try container.sh("ip link add eth2 type veth peer name q2")
            let result = try Self.hostdev(
                "attach", "--net", "eth1", "--net", "eth2", "--net", "eth3", "--live", "--config")
            #expect(result.status == 1, "\(result)")
            #expect(try OpenVZHost.conf(101) == OpenVZLiveTests.conf)
            #expect(try sh("ip addr show eth1").contains("192.0.2.9/24"))
            #expect(try sh("ip -br link").contains("eth3"))
            #expect(try OpenVZHost.fakeVZCtlRuns() == "", "the name was looked at before")
        }
    }

    /// What vzctl would break in a conf is left to hostdev, before vzctl runs.
    @Test(arguments: [
        ("ONBOOT=\"yes\"\nNAME=\"web\"", "--net=eth1", "the last line of /etc/vz/conf/101.conf does not end"),
        (
            "DEVNODES=\"zero:r no/node:rw net/tun:rw \"\n", "--misc=/dev/null",
            "has no/node:rw in DEVNODES, which vzctl drops"
        ),
        ("NETDEV=\"eth7\"\nNETDEV=\"eth8\"\nDEVNODES=\"no/node:rw \"\n", "--misc=/dev/null", "which vzctl drops"),
    ])
    func whatVZCtlWouldBreak(conf: String, device: String, message: String) throws {
        try Self.withConf(conf) {
            try sh("chmod 640 /etc/vz/conf/101.conf")
            let result = try Self.hostdev("attach", device, "--config")
            #expect(result.status == 1, "\(result)")
            #expect(result.errors.contains(message), "\(result)")
            #expect(try OpenVZHost.conf(101) == conf)
            #expect(try OpenVZHost.fakeVZCtlRuns() == "")
        }
    }

    /// vzctl takes a name out of the first of two lines alone: the rest is done without it.
    @Test func whatVZCtlCannotDetach() throws {
        try Self.withConf("NETDEV=\"eth7\"\nA=\"1\"\nNETDEV=\"eth1\"\n") {
            let result = try Self.hostdev("detach", "--net", "eth1", "--config")
            #expect(result.status == 0, "\(result)")
            #expect(result.errors.contains("had it still: it was taken out"), "\(result)")
            #expect(result.output.contains("detached eth1 from openvz:101"), "\(result)")
            #expect(try OpenVZHost.conf(101) == "NETDEV=\"eth7\"\nA=\"1\"\n")
        }
    }

    /// What others make of a conf while hostdev waits, and after vzctl has saved it.
    private static let edits = [
        "echo 'OTHER=\"1\"' >> $c", "sed -i 's/yes/no/' $c", "sed -i '/ONBOOT/d' $c",
        "sed -i 's/^NETDEV=\"/&eth5 /' $c", "sed -i 's/^DEVNODES=\"/&zero:rw /' $c", "sed -i 's/eth7 //' $c",
    ]
    private static let conf = "ONBOOT=\"yes\"\nNETDEV=\"eth7 eth8\"\nDEVNODES=\"null:rw \"\n"

    /// Somebody changes the conf while hostdev waits for his lock: that is not lost, whether hostdev gets it in time or not.
    @Test(arguments: ["attach", "detach"]) func whatOthersSaveMeanwhile(verb: String) throws {
        let before = Self.conf.replacing("eth8", with: verb == "detach" ? "eth8 eth1" : "eth8")
        try Self.withConf(before) {
            let holder = try RunningCommand(["sleep", "1000"])
            defer { holder.end() }
            for edit in Self.edits {
                try OpenVZHost.configure(101, before)
                try sh("printf '%s\\n\\n' \(holder.id) > \(OpenVZHost.locks)/101.lck; rm -f /run/fake-vzctl.log")
                let waiting = try Program.start(
                    verb, "openvz:101", "--net", "eth1", "--config", "--through-vzctl", "--timeout", "600")
                try until("[ $(cat /run/fake-vzctl.log | grep -c .) -gt 1 ]")
                try sh("c=/etc/vz/conf/101.conf; \(edit)")
                let edited = try OpenVZHost.conf(101)
                try #require(edited != before)
                // One who does not get it is told so, and leaves it alone.
                let busy = try Self.hostdev(verb, "--net", "eth1", "--config", timeout: "0.1")
                #expect(busy.status == 75, "\(edit): \(busy)")
                #expect(!busy.errors.contains("put back"), "\(edit): \(busy)")
                #expect(try OpenVZHost.conf(101) == edited)
                try sh("rm \(OpenVZHost.locks)/101.lck")
                let result = try waiting.wait()
                #expect(result.status == 0, "\(edit): \(result)")
                let now = try OpenVZHost.conf(101)
                #expect(now.contains("eth1") == (verb == "attach"), "\(edit)")
                // Without our own word it is what the other has made it.
                #expect(now.replacing(" eth1", with: "") == edited.replacing(" eth1", with: ""), "\(edit)")
            }
        }
    }

    /// vzctl has saved what is not so, and somebody else has changed the conf since: only our own word goes.
    @Test func whatOthersSaveAfterwards() throws {
        try Self.onHost { container in
            try OpenVZHost.tellFakeVZCtl("idle")
            for edit in Self.edits {
                try OpenVZHost.configure(101, Self.conf)
                try sh("cp /etc/vz/conf/101.conf /run/copy; c=/run/copy; \(edit)")
                let script = try run(
                    ["sh", "-c", "cat > /run/fake-vzctl.after"], input: "c=/etc/vz/conf/101.conf; \(edit)")
                try #require(script.status == 0)
                let attach = try Self.hostdev("attach", "--net", "eth1", "--live", "--config")
                #expect(attach.status == 1, "\(edit): \(attach)")
                #expect(!attach.errors.contains("put back"), "\(edit): \(attach)")
                #expect(try OpenVZHost.conf(101) == sh("cat /run/copy"), "\(edit)")
                #expect(try sh("ip addr show eth1").contains("192.0.2.9/24"))
            }
        }
    }

    /// Twenty others save while hostdev has vzctl save again and again: none of theirs is lost, but for what vzctl itself
    /// writes over, since it reads the conf before it has the lock.
    @Test func manyOthers() throws {
        try Self.withConf(Self.conf) {
            let names = (20..<40).map { "eth\($0)" }
            let others = try names.map {
                try Program.start("attach", "openvz:101", "--net", $0, "--config", "--timeout", "600")
            }
            for _ in 0..<5 {
                for verb in ["attach", "detach"] {
                    let result = try Self.hostdev(verb, "--misc", "/dev/zero", "--config", timeout: "600")
                    #expect(result.status == 0, "\(result)")
                }
            }
            for other in others { #expect(try other.wait().status == 0) }
            let conf = try OpenVZHost.conf(101)
            let lost = try sh("cat /run/fake-vzctl.lost")
            for name in names { #expect((conf + lost).contains(name), "\(name): \(conf)") }
            #expect(conf.contains("eth7 eth8") && conf.contains("ONBOOT") && !conf.contains("zero"), "\(conf)")
        }
    }

    /// A locked container is busy, and nothing else: live and in the conf.
    @Test func aLockedContainer() throws {
        try Self.onHost { container in
            let holder = try RunningCommand(["sleep", "1000"])
            defer { holder.end() }
            #expect(try Self.hostdev("attach", "--misc", "/dev/full", "--live", "--config").status == 0)
            let before = try OpenVZHost.conf(101)
            let links = try sh("ip addr show eth1")
            try sh("printf '%s\\n\\n' \(holder.id) > \(OpenVZHost.locks)/101.lck")
            for arguments in [
                ["attach", "--net", "eth1", "--live"], ["attach", "--net", "eth1", "--live", "--config"],
                ["detach", "--misc", "/dev/full", "--live"], ["detach", "--misc", "/dev/full", "--live", "--config"],
            ] {
                let result = try Program.run(
                    [arguments[0], "openvz:101"] + arguments.dropFirst() + ["--through-vzctl", "--timeout", "0.2"])
                #expect(result.status == 75, "\(result)")
                #expect(!result.errors.contains("put back"), "\(result)")
                #expect(try OpenVZHost.conf(101) == before)
                #expect(try sh("ip addr show eth1") == links)
                #expect(try container.run(["head", "-c1", "/dev/full"]).status == 0)
                #expect(try sh("ls /run/hostdev/transactions") == "")
            }
        }
    }

    /// What the container got at its start, of which there is no record.
    @Test func whatItGotAtItsStart() throws {
        try Self.onHost { container in
            try OpenVZHost.configure(101, "NETDEV=\"eth1\"\nDEVNODES=\"full:rw \"\n")
            try sh(
                """
                ip link set eth1 netns \(container.id)
                group=/sys/fs/cgroup/devices$(sed -n 's/^[0-9]*:devices://p' /proc/\(container.id)/cgroup)
                echo 'c 1:7 rw' > $group/devices.allow
                """)
            #expect(try Program.run("check", "openvz:101", "--config").status == 0)
            let dry = try Self.hostdev("detach", "--net", "eth1", "--live", "--config", "--dry-run")
            #expect(dry.status == 0, "\(dry)")
            let result = try Self.hostdev("detach", "--net", "eth1", "--misc", "/dev/full", "--live", "--config")
            #expect(result.status == 0, "\(result)")
            #expect(result.output.contains("detached eth1") && result.output.contains("detached full"), "\(result)")
            #expect(try sh("ip -br link show eth1").contains("eth1"))
            #expect(try container.run(["head", "-c1", "/dev/full"]).status != 0)
            #expect(try !OpenVZHost.conf(101).contains("eth1"))
            // What vzctl did not do, although it said so.
            try OpenVZHost.configure(101, "NETDEV=\"eth1\"\n")
            try sh("ip link set eth1 netns \(container.id)")
            try OpenVZHost.tellFakeVZCtl("idle")
            let idle = try Self.hostdev("detach", "--net", "eth1", "--live", "--config")
            #expect(idle.status == 0, "\(idle)")
            #expect(try sh("ip -br link show eth1").contains("eth1"))
        }
    }

    @Test(
        arguments: [
            (9, 75), (14, 69), (20, 1), (21, 1), (31, 69), (79, 1), (86, 1), (104, 1), (139, 1), (77, 1),
        ] as [(Int32, Int32)])
    func itsStatuses(status: Int32, expected: Int32) throws {
        try Self.withConf(OpenVZLiveTests.conf) {
            try OpenVZHost.tellFakeVZCtl("status \(status)")
            let result = try Self.hostdev("attach", "--net", "eth1", "--config", timeout: "0.2")
            #expect(result.status == expected, "\(result)")
            #expect(result.errors.contains("status \(status)"), "\(result)")
            #expect(result.errors.contains("fake-vzctl was told to fail"), "\(result)")
            #expect(try OpenVZHost.conf(101) == OpenVZLiveTests.conf)
        }
    }

    /// What vzctl refuses is refused before it is asked, with the reason.
    @Test func whatVZCtlRefuses() throws {
        try Self.onHost { container in
            try sh("ip link add tap7 type veth peer name q7; mknod /dev/loop7 b 7 7")
            let loop = "<hostdev mode='capability' type='storage'><source dev='/dev/loop7'/></hostdev>"
            for (arguments, input, status, message) in [
                (["--net", "tap7"], "", 65, "begins with tap: vzctl refuses it"), (["-"], loop, 65, "major number 7"),
                (["--net", "eth1:lan0"], "", 65, "another name in the container"),
                (["--net", "eth1", "--config"], "", 64, "vzctl gives a running container what it saves"),
            ] as [([String], String, Int32, String)] {
                let result = try Program.run(
                    ["attach", "openvz:101", "--through-vzctl"] + arguments, input: input)
                #expect(result.status == status, "\(result)")
                #expect(result.errors.contains(message), "\(result)")
            }
            #expect(try OpenVZHost.fakeVZCtlRuns() == "")
            let dry = try Self.hostdev("attach", "--net", "eth1", "--live", "--config", "--dry-run")
            #expect(dry.output.contains("run openvz:101: vzctl set 101 --netdev_add eth1 --save"), "\(dry)")
            #expect(try OpenVZHost.fakeVZCtlRuns() == "")
            let other = try Program.run("attach", "pid:\(container.id)", "--net", "eth1", "--through-vzctl")
            #expect(other.status == 64, "\(other)")
            try sh("umount /usr/local/sbin")
            let none = try Self.hostdev("attach", "--net", "eth1")
            #expect(none.status == 1, "\(none)")
            #expect(none.errors.contains("there is no vzctl on PATH"), "\(none)")
            #expect(try sh("ip addr show eth1").contains("192.0.2.9/24"))
        }
    }

    /// vzctl gives up at once while somebody has its lock: hostdev asks again.
    @Test func whileItIsLocked() throws {
        try Self.withConf(OpenVZLiveTests.conf) {
            let holder = try RunningCommand(["sleep", "1000"])
            defer { holder.end() }
            try sh("printf '%s\\n\\n' \(holder.id) > \(OpenVZHost.locks)/101.lck")
            let waiting = try Program.start(
                "attach", "openvz:101", "--net", "eth1", "--config", "--through-vzctl", "--timeout", "600")
            try until("[ $(grep -c . /run/fake-vzctl.log) -gt 2 ]")
            try sh("rm \(OpenVZHost.locks)/101.lck")
            #expect(try waiting.wait().status == 0)
            #expect(try OpenVZHost.conf(101).contains("NETDEV=\"eth1\""))
        }
    }

    /// Killed at any step: the interface is in the container or at home with its address, and never in between for longer
    /// than until the next run.
    @Test func killedAtEachStep() throws {
        try Self.onHost { container in
            var kills = 0
            for step in 1... {
                let result = try Program.run(
                    "attach", "openvz:101", "--net", "eth1", "--through-vzctl",
                    environment: ["HOSTDEV_KILL_AT": "\(step)"])
                #expect(try Program.run("recover").status == 0, "after step \(step)")
                if result.status == 0 { break }
                try #require(result.status == 128 + 9, "\(result)")
                kills += 1
                let detach = try Program.run("detach", "openvz:101", "--all", "--if-attached")
                #expect(detach.status == 0, "after step \(step): \(detach)")
                #expect(try sh("ip addr show eth1").contains("192.0.2.9/24"), "after step \(step)")
            }
            #expect(kills >= 6)
            #expect(try container.sh("ip -br link show eth1").contains("UP"))
        }
    }
}
