import LinuxSystem
import SystemPackage
import TestHost
import Testing

/// Containers that have the node of a device already, and cannot use it.
@Suite struct UnusableNodeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var userNamespace = true
        /// What of the host's is mounted in the container, and where.
        var host = "/dev/loop-control"
        var inside = "/dev/loop-control"
        /// What is done in the container then.
        var then = ":"
        var permissions = ""
        /// What the container's node is, once it is attached.
        let owner: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(name: "nobody's, for its owner and a group", owner: "660 0:0"),
        Case(
            name: "nobody's, with permissions", permissions: "<permissions mode='0600' uid='7' gid='8'/>",
            owner: "600 7:8"),
        Case(name: "of a file system that may be the container's", host: "/run/control", owner: "600 0:0"),
        Case(
            name: "mounted nodev", userNamespace: false, then: "mount -o remount,bind,nodev /dev/loop-control",
            owner: "660 0:6"),
        Case(
            name: "mounted nodev in a user namespace", then: "mount -o remount,bind,nodev /dev/loop-control",
            owner: "660 0:0"),
        Case(
            name: "in a /dev that is mounted nodev", userNamespace: false,
            then: "mount -o remount,nodev /dev; mount -o remount,bind,nodev /dev/loop-control", owner: "660 0:6"),
        Case(
            name: "without what <permissions> asks", userNamespace: false,
            permissions: "<permissions mode='0640' uid='7' gid='8'/>", owner: "640 7:8"),
    ])
    func isCovered(by test: Case) throws {
        try onThrowawayHost {
            try sh("modprobe loop 2>/dev/null || true; mknod -m 600 /run/control c 10 237; chgrp 6 /run/control")
            let host = try sh("stat -c '%a %u:%g' /dev/loop-control")
            #expect(host == "660 0:6\n")
            let container = try TestContainer(.init(userNamespace: test.userNamespace))
            try container.sh("touch \(test.inside)")
            try give(container, FilePath(test.host), at: FilePath(test.inside))
            try container.sh(test.then)
            let before = try container.sh(
                "stat -c '%F %t:%T %a %u:%g' \(test.inside); grep -c loop-control /proc/mounts")
            let attach = try Program.run(
                "attach", container.reference, "-",
                input: """
                    <hostdev mode='capability' type='misc'><source dev='\(test.host)'/>\
                    <target dev='\(test.inside)'/>\(test.permissions)</hostdev>
                    """)
            #expect(attach.status == 0, "\(attach)")
            #expect(attach.output.hasSuffix(" as \(test.inside)\n"), "\(attach)")
            let opened = try container.run(["sh", "-c", "exec 3<>\(test.inside)"])
            #expect(opened.status == 0, "\(opened)")
            #expect(try container.sh("stat -c '%a %u:%g' \(test.inside)") == test.owner + "\n")
            #expect(try Program.run("check").status == 0)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(
                try container.sh("stat -c '%F %t:%T %a %u:%g' \(test.inside); grep -c loop-control /proc/mounts")
                    == before)
            #expect(try sh("find /run/hostdev -type f") == "")
            #expect(try sh("stat -c '%a %u:%g' /dev/loop-control") == host)
        }
    }

    /// Nothing that is made in a directory helps into which nobody of the container gets.
    @Test func whatNobodyComesToIsRefused() throws {
        try onThrowawayHost {
            try sh("mkdir -m 700 /run/closed; mknod -m 666 /run/closed/zero c 1 5")
            let container = try TestContainer(.init(userNamespace: true))
            try container.sh("mkdir /dev/closed")
            try give(container, "/run/closed", at: "/dev/closed")
            for target in ["/dev/closed/zero", "/dev/closed/other"] {
                let attach = try Program.run(
                    "attach", container.reference, "-",
                    input:
                        "<hostdev mode='capability' type='misc'><source dev='/dev/zero'/><target dev='\(target)'/></hostdev>"
                )
                #expect(attach.status == 1, "\(attach)")
                #expect(
                    attach.errors.contains("no process of the container comes to \(target): /dev/closed is of user 0"))
            }
            #expect(try sh("ls -A /run/closed; find /run/hostdev -type f") == "zero\n")
        }
    }

    /// A node that serves is left as it is, and said as one that is made.
    @Test(arguments: [false, true])
    func whatServesIsLeft(userNamespace: Bool) throws {
        try onThrowawayHost {
            let container = try TestContainer(.init(userNamespace: userNamespace))
            let before = try container.sh("cat /proc/mounts")
            let attach = try Program.run("attach", container.reference, "--misc", "/dev/null")
            #expect(attach.status == 0, "\(attach)")
            #expect(attach.output == "attached null to \(container.reference) as /dev/null\n")
            #expect(try container.sh("cat /proc/mounts") == before)
            #expect(
                try Program.run("list", "--format", "json").output.contains(
                    #""nodes":[{"major":1,"minor":3,"path":"/dev/null","type":"char"}]"#))
            #expect(try Program.run("check").status == 0)
            #expect(try Program.run("detach", container.reference, "--misc", "/dev/null").status == 0)
            try container.sh("echo > /dev/null")
            #expect(try container.sh("cat /proc/mounts") == before)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// Mounts a file of the host's in a container, as its engine does before it starts.
    private func give(_ container: TestContainer, _ path: FilePath, at place: FilePath) throws {
        guard let name = path.lastComponent?.string, let target = place.lastComponent?.string else { return }
        let tree = try Mount.clone(name, in: try Directory(path.removingLastComponent()))
        let root = try RootDirectory(FilePath("/proc/\(container.id)/root"))
        let namespace = try Namespace(.mount, path: FilePath("/proc/\(container.id)/ns/mnt"))
        try onOwnThread { () throws(SystemError) in
            try namespace.enter()
            try Mount.attach(tree, on: target, in: try root.directory(place.removingLastComponent()))
        }
    }
}
