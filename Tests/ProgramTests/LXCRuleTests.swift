import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// Rules that LXC's monitor is asked for, of the real LXC, where no denial can be overridden: below a group whose program
/// gives way to others, and which is all that this host has of cgroup2.
@Suite(.serialized) struct LXCRuleTests {
    private func onHostWithoutOverrides(_ body: (_ container: any EngineContainer, _ name: String) throws -> Void)
        throws
    {
        let name = "hostdev-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let top = "/sys/fs/cgroup/unified/\(name)"
        try sh("mkdir \(top)")
        defer {
            _ = try? sh(
                "for n in $(seq 200); do find \(top) -depth -type d -exec rmdir {} + && break; sleep 0.02; done")
        }
        try onThrowawayHost {
            try sh("mount --bind \(top) /mnt; umount -R -l /sys/fs/cgroup; mount --move /mnt /sys/fs/cgroup")
            let yielding = try BPFProgram([.set(.r0, 1), .exit], name: "yielding")
            try yielding.attach(to: Descriptor.open("/sys/fs/cgroup", options: .directory), flags: 1)
            let container = try Engine.lxc.start(name: name, layout: .unified)
            defer { container.stop() }
            try sh(
                """
                mknod -m 666 /proc/\(container.id)/root/probe b 7 3
                mknod -m 666 /proc/\(container.id)/root/other b 7 4
                """)
            try body(container, "lxc:/run/lxc-containers/\(name)")
        }
    }

    private static let document = "<hostdev mode='capability' type='storage'><source dev='/dev/loop3'/></hostdev>"

    private func attach(_ reference: String) throws -> CommandResult {
        try Program.run("attach", reference, "-", input: Self.document)
    }

    private func opens(_ path: String, in container: any EngineContainer) throws -> Bool {
        try container.run(["/bin/dd", "if=\(path)", "count=0"]).status == 0
    }

    @Test func aRuleComesGoesAndStays() throws {
        try onHostWithoutOverrides { (container, reference) in
            #expect(try !opens("/probe", in: container))
            let doctor = try Program.run("doctor", reference)
            #expect(doctor.output.contains("a request to the owner of /sys/fs/cgroup/lxc.payload."), "\(doctor)")
            let attach = try self.attach(reference)
            #expect(attach.status == 0, "\(attach)")
            #expect(try opens("/probe", in: container))
            #expect(try !opens("/other", in: container))

            // What LXC changes later leaves it.
            try container.change()
            #expect(try opens("/probe", in: container))
            #expect(try !opens("/other", in: container))
            #expect(try Program.run("check", reference).status == 0)

            let detach = try Program.run("detach", reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            #expect(try !opens("/probe", in: container))
            try container.change()
            #expect(try !opens("/probe", in: container))
            // And again: LXC has it in its list as denied by now.
            #expect(try self.attach(reference).status == 0)
            #expect(try opens("/probe", in: container))
            #expect(try Program.run("detach", reference, "--all").status == 0)
            #expect(try !opens("/probe", in: container))
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    @Test func noRuleIsLeftByAKill() throws {
        try onHostWithoutOverrides { (container, reference) in
            let attach = ["attach", reference, "-"]
            for command in [attach, ["detach", reference, "--all"]] {
                var kills = 0
                for step in 1... {
                    if command != attach { #expect(try self.attach(reference).status == 0) }
                    let result = try Program.run(
                        command, input: command == attach ? Self.document : "",
                        environment: ["HOSTDEV_KILL_AT": "\(step)"])
                    if result.status == 0 { break }
                    try #require(result.status == 128 + 9, "\(result)")
                    kills += 1
                    #expect(try Program.run("recover").status == 0)
                    if try Program.run("list").output.contains("attached") {
                        #expect(try opens("/probe", in: container))
                        #expect(try Program.run("detach", reference, "--all").status == 0)
                    }
                    #expect(try !opens("/probe", in: container), "after step \(step)")
                    #expect(try sh("find /run/hostdev -type f") == "")
                }
                #expect(kills >= 4)
                _ = try Program.run("detach", reference, "--all", "--if-attached")
            }
        }
    }
}
