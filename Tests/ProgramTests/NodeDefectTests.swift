import TestHost
import Testing

/// What other programs that give nodes to containers have been seen to do wrong, staged with devices that every host has.
@Suite struct NodeDefectTests {
    private static func document(_ source: String, _ target: String, _ more: String = "") -> String {
        "<hostdev mode='capability' type='misc'><source dev='\(source)'/><target dev='\(target)'/>\(more)</hostdev>"
    }

    /// The host's device of the name that the container uses is another one than what was asked for; a node of a character
    /// device becomes one of a block device; the host's mode is lost; the node is at another path than what is listed.
    @Test(arguments: [false, true])
    func theNodeIsTheSourcesAndNotTheNames(userNamespace: Bool) throws {
        try onThrowawayHost {
            let container = try TestContainer(.init(userNamespace: userNamespace))
            let attach = try Program.run(
                "attach", container.reference, "-", input: Self.document("/dev/zero", "/dev/full"))
            #expect(attach.status == 0, "\(attach)")
            #expect(try container.sh("stat -c '%F %t:%T %a %u:%g' /dev/full") == "character special file 1:5 666 0:0\n")
            // The host's own of that name refuses what is written.
            #expect(try container.sh("echo > /dev/full; head -c1 /dev/full | od -An -tx1") == " 00\n")
            #expect(
                try Program.run("list", "--format", "json").output.contains(
                    #""nodes":[{"major":1,"minor":5,"path":"/dev/full","type":"char"}]"#))
        }
    }

    /// The rule is that of the host's device under the container's name; it is for more than the device.
    @Test func theRuleIsTheSources() throws {
        try onThrowawayHost {
            // One that runc gives no container.
            try sh("mknod /run/loop-control c 10 237")
            let container = try RuncContainer("rule")
            let attach = try Program.run(
                "attach", container.reference, "-", input: Self.document("/run/loop-control", "/dev/mem"))
            #expect(attach.status == 0, "\(attach)")
            #expect(try container.run(["sh", "-c", "exec 3</dev/mem"]).status == 0)
            for other in ["c 10 229", "b 10 237", "c 1 11", "c 11 237"] {
                try container.sh("rm -f /tmp/n; mknod /tmp/n \(other)")
                #expect(try container.run(["sh", "-c", "exec 3</tmp/n"]).errors.contains("Operation not permitted"))
            }
        }
    }

    /// A link to a node, as udev makes them, is refused.
    @Test func theSourceMayBeALink() throws {
        try onThrowawayHost {
            try sh("mkdir /run/by-id; ln -s ../../dev/zero /run/by-id/nothing")
            let container = try TestContainer()
            let attach = try Program.run(
                "attach", container.reference, "-", input: Self.document("/run/by-id/nothing", "/dev/nothing"))
            #expect(attach.status == 0, "\(attach)")
            #expect(try container.sh("stat -c '%F %t:%T' /dev/nothing") == "character special file 1:5\n")
            // The same by the path that was asked for, and both ways lead to one attachment.
            #expect(try Program.run("detach", container.reference, "--misc", "/run/by-id/nothing").status == 0)
            #expect(try container.sh("ls /dev") == "null\n")
        }
    }

    /// What the container does to its node changes the host's.
    @Test(arguments: [false, true])
    func theHostsNodeStaysAsItIs(userNamespace: Bool) throws {
        try onThrowawayHost {
            let container = try TestContainer(.init(userNamespace: userNamespace))
            let host = try sh("stat -c '%a %u:%g %i %Z' /dev/zero")
            let attach = try Program.run(
                "attach", container.reference, "-",
                input: Self.document("/dev/zero", "/dev/zero", "<permissions mode='0600' uid='7' gid='8'/>"))
            #expect(attach.status == 0, "\(attach)")
            #expect(try container.sh("stat -c '%a %u:%g' /dev/zero") == "600 7:8\n")
            try container.sh("chown 5:6 /dev/zero; chmod 640 /dev/zero; stat -c '%a %u:%g' /dev/zero")
            #expect(try container.sh("stat -c '%a %u:%g' /dev/zero") == "640 5:6\n")
            #expect(try sh("stat -c '%a %u:%g %i %Z' /dev/zero") == host)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try container.sh("ls /dev") == "null\n")
            #expect(try sh("stat -c '%a %u:%g %i %Z' /dev/zero") == host)
        }
    }

    /// What is in the way is removed, at attach or when that is undone.
    @Test(arguments: ["echo mine > /dev/full", "mkdir /dev/full", "ln -s null /dev/full", "mknod /dev/full c 1 7"])
    func whatIsThereStays(obstacle: String) throws {
        try onThrowawayHost {
            let container = try TestContainer()
            try container.sh(obstacle)
            let before = try container.sh("ls -lnR --time-style=full-iso /dev/; cat /dev/full 2>&1 | head -c5 || true")
            let attach = try Program.run(
                "attach", container.reference, "-", input: Self.document("/dev/zero", "/dev/full"))
            #expect(attach.status == 1, "\(attach)")
            #expect(attach.errors.contains("/dev/full"))
            #expect(
                try container.sh("ls -lnR --time-style=full-iso /dev/; cat /dev/full 2>&1 | head -c5 || true") == before
            )
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// Attachments of one second are in no order, and the first that goes may have made the directories of all.
    @Test func sharedDirectoriesGo() throws {
        try onThrowawayHost {
            let container = try TestContainer()
            let before = try container.sh("find /dev")
            let devices = ["zero", "full", "random"].flatMap { ["--misc", "/dev/\($0):/dev/a/b/\($0)"] }
            for call in stride(from: 0, to: 240, by: 15) {
                // With the last calls an attach fails that has made all of them.
                let attach = try Program.run(
                    ["attach", container.reference] + devices, environment: ["HOSTDEV_FAIL_AT": "\(call):ENOMEM"])
                if attach.status == 0 {
                    let detach = try Program.run("detach", container.reference, "--all")
                    #expect(detach.status == 0, "\(detach)")
                } else {
                    #expect(try Program.run("recover").status == 0)
                }
                #expect(try container.sh("find /dev") == before, "\(attach)")
            }
        }
    }

    /// The node goes first and the rule after it, or the rule stays because the host's node is looked up for it.
    @Test func theRuleGoesFirst() throws {
        try onThrowawayHost {
            try sh("mknod /run/loop-control c 10 237")
            let container = try RuncContainer("order")
            for step in 1... {
                #expect(try Program.run("attach", container.reference, "--misc", "/run/loop-control").status == 0)
                let detach = try Program.run(
                    "detach", container.reference, "--all", environment: ["HOSTDEV_KILL_AT": "\(step)"])
                // No node of its own helps the container once ours has gone.
                try container.sh("rm -f /tmp/n; mknod /tmp/n c 10 237")
                let isGone = try container.run(["test", "-e", "/run/loop-control"]).status != 0
                let isDenied = try container.run(["sh", "-c", "exec 3</tmp/n"]).status != 0
                #expect(!isGone || isDenied, "killed at step \(step)")
                #expect(try Program.run("recover").status == 0)
                // Killed before anything was to change, it is attached as before.
                let isAttached = try Program.run("list").output.contains(" attached ")
                #expect(try !isAttached || container.run(["test", "-c", "/run/loop-control"]).status == 0)
                if isAttached { #expect(try Program.run("detach", container.reference, "--all").status == 0) }
                #expect(try container.run(["sh", "-c", "exec 3</tmp/n"]).status != 0, "recovered after step \(step)")
                if detach.status == 0 { break }
                try #require(detach.status == 128 + 9, "\(detach)")
            }
        }
    }
}
