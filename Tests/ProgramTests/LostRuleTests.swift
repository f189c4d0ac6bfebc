import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// Rules that the owner of a container's control groups takes away again: `check` says so, and `recover` grants them anew.
@Suite(.serialized) struct LostRuleTests {
    private static let document = "<hostdev mode='capability' type='storage'><source dev='/dev/loop3'/></hostdev>"
    /// What an engine has written where a container may use no device.
    private static let noDevices = #"{"devices": [{"allow": false, "access": "rwm"}]}"#

    private func opens(_ path: String, in container: any EngineContainer) throws -> Bool {
        try container.run(["/bin/dd", "if=\(path)", "count=0"]).status == 0
    }

    /// Attaches, has the rule taken away, and looks at what hostdev makes of that.
    private func expectItBack(_ container: any EngineContainer, after loss: () throws -> Void) throws {
        try sh(
            """
            mknod -m 666 /proc/\(container.id)/root/probe b 7 3
            mknod -m 666 /proc/\(container.id)/root/other b 7 4
            """)
        let attach = try Program.run("attach", container.reference, "-", input: Self.document)
        #expect(attach.status == 0, "\(attach)")
        #expect(try opens("/probe", in: container))
        try loss()
        #expect(try !opens("/probe", in: container))
        let check = try Program.run("check", container.reference)
        #expect(check.status != 0 && check.output.contains("b 7:3 rw"), "\(check)")

        let recover = try Program.run("recover")
        #expect(recover.status == 0, "\(recover)")
        #expect(try opens("/probe", in: container))
        #expect(try !opens("/other", in: container))
        #expect(try Program.run("check", container.reference).status == 0)
        // Killed between any two steps it is the same, and detach takes what there is.
        try loss()
        for step in 1... {
            let result = try Program.run(["recover"], environment: ["HOSTDEV_KILL_AT": "\(step)"])
            if result.status == 0 { break }
            try #require(result.status == 128 + 9, "\(result)")
        }
        #expect(try opens("/probe", in: container))
        let detach = try Program.run("detach", container.reference, "--all")
        #expect(detach.status == 0, "\(detach)")
        #expect(try !opens("/probe", in: container))
        #expect(try sh("find /run/hostdev -type f") == "")
    }

    /// crun writes the list of version 1 anew when it is told of devices, and leaves it alone when it is told of something else.
    @Test func crunWritesItsListAnew() throws {
        try onThrowawayHost {
            try ControlGroupLayout.version1.enter()
            let name = "hostdev-test-\(getpid())-lost"
            let container = try Engine.crun.start(name: name, layout: .version1)
            defer { container.stop() }
            try expectItBack(container) {
                try sh("crun update --memory 100000000 \(name)")
                #expect(try opens("/probe", in: container))
                try sh("echo '\(Self.noDevices)' | crun update --resources - \(name)")
            }
        }
    }

    /// On version 2 where only a patch was possible: below a group whose program gives way to others, and which is all that
    /// this host has of the hierarchy.
    @Test func anEngineAttachesItsProgramAgain() throws {
        let top = "/sys/fs/cgroup/unified/hostdev-test-\(getpid())-lost"
        try sh("mkdir \(top) \(top)/container")
        defer { _ = try? sh("for n in $(seq 200); do rmdir \(top)/container \(top) && break; sleep 0.02; done") }
        try onThrowawayHost {
            try sh("mount --bind \(top) /mnt; umount -R -l /sys/fs/cgroup; mount --move /mnt /sys/fs/cgroup")
            let yielding = try BPFProgram([.set(.r0, 1), .exit], name: "yielding")
            try yielding.attach(to: Descriptor.open("/sys/fs/cgroup", options: .directory), flags: 1)
            let path: FilePath = "/sys/fs/cgroup/container"
            let group = try Descriptor.open(path, options: .directory)
            // Allows what else a shell needs.
            let null = ProgramPrologue(group: 0, original: 0, rule: DeviceRule(DeviceNumber(.character, 1, 3), .all))
            func attach() throws {
                for id in try BPFProgram.attached(to: group) { try BPFProgram(id: id).detach(from: group) }
                try BPFProgram(null.instructions + [.set(.r0, 0), .exit], name: "engine").attach(to: group)
            }
            try attach()
            let container = try TestContainer(.init(groups: [path]))
            defer { container.end() }
            let attachment = try Program.run("attach", container.reference, "--misc", "/dev/zero")
            #expect(attachment.status == 0, "\(attachment)")
            let rule = DeviceRule(DeviceNumber(.character, 1, 5), [.read, .write])
            let groups = DeviceControlGroups(v2: ControlGroup(hierarchy: "/sys/fs/cgroup", path: "/container"))
            #expect(try groups.permits(rule) == true)
            try attach()
            #expect(try groups.permits(rule) == false)
            #expect(try Program.run("recover").status == 0)
            #expect(try groups.permits(rule) == true)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try groups.permits(rule) == false)
        }
    }
}
