import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// A real systemd that attaches its device program to a unit again and again.
struct SystemdRuleTests {
    @Test func aRuleStaysWhenSystemdReloads() throws {
        try onThrowawayHost {
            let unit = try SystemdUnit("hostdev-systemd-\(getpid())")
            defer { unit.stop() }
            try sh(
                """
                mknod -m 666 /proc/\(unit.id)/root/probe c 1 5
                mknod -m 666 /proc/\(unit.id)/root/other c 1 8
                """)
            func opens(_ path: String) throws -> Bool {
                try unit.run(["/bin/dd", "if=\(path)", "count=0"]).status == 0
            }
            let group = try #require(try DeviceControlGroups(of: unit.id).v2).directory
            func programs() throws -> [UInt32] {
                try BPFProgram.attached(to: Descriptor.open(group, options: .directory))
            }
            #expect(try !opens("/probe"))
            let attach = try Program.run("attach", unit.reference, "--misc", "/dev/zero")
            #expect(attach.status == 0, "\(attach)")
            #expect(try opens("/probe"))

            for change in [unit.reload, unit.change, unit.reload] {
                let before = try programs()
                #expect(before.count == 1)
                try change()
                // systemd has attached another one.
                #expect(try programs() != before)
                #expect(try opens("/probe"))
                #expect(try !opens("/other"))
                #expect(try Program.run("check", unit.reference).status == 0)
            }
            #expect(try Program.run("detach", unit.reference, "--all").status == 0)
            #expect(try !opens("/probe"))
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// Where the top of the hierarchy takes no program of ours, systemd is told, and keeps the rule until it is taken back.
    @Test func systemdIsToldWhereNothingCanBeOverridden() throws {
        try onThrowawayHost {
            let unit = try SystemdUnit("hostdev-unit-\(getpid())")
            defer { unit.stop() }
            try occupy(unit.top)
            try sh(
                """
                mknod -m 666 /proc/\(unit.id)/root/probe c 1 5
                mknod -m 666 /proc/\(unit.id)/root/other c 1 8
                """)
            func opens(_ path: String) throws -> Bool {
                try unit.run(["/bin/dd", "if=\(path)", "count=0"]).status == 0
            }
            let reference = try unit.insideReference
            let before = try unit.devices
            #expect(before == ["/dev/null rwm"])
            let doctor = try unit.hostdev("doctor", reference)
            #expect(doctor.output.contains("DeviceAllow= of the unit box.service"), "\(doctor)")
            #expect(try !opens("/probe"))

            let attach = try unit.hostdev("attach", reference, "--misc", "/dev/zero", "--no-watch")
            #expect(attach.status == 0, "\(attach)")
            for change in [unit.change, unit.reload] {
                try change()
                #expect(try opens("/probe"))
                #expect(try !opens("/other"))
                let check = try unit.hostdev("check", reference)
                #expect(check.status == 0, "\(check)")
            }
            let detach = try unit.hostdev("detach", reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            #expect(try !opens("/probe"))
            // What others have been given meanwhile stays.
            #expect(try unit.devices == ["/dev/full r", "/dev/null rwm"])
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// Killed wherever it may be: what systemd was told is taken back, and nothing else.
    @Test func whatSystemdWasToldIsTakenBackAfterAKill() throws {
        try onThrowawayHost {
            let unit = try SystemdUnit("hostdev-killed-\(getpid())")
            defer { unit.stop() }
            try occupy(unit.top)
            let reference = try unit.insideReference
            let before = try unit.devices
            var kills = 0
            repeat {
                kills += 1
                let attach = try unit.hostdev(
                    "attach", reference, "--misc", "/dev/zero", "--no-watch",
                    environment: ["HOSTDEV_KILL_AT": "\(kills)"])
                try #require(attach.status == 128 + SIGKILL, "\(attach)")
                let recover = try unit.hostdev("recover")
                #expect(recover.status == 0, "\(recover)")
                // In the end it is attached, when nothing more was to come than the program's end.
            } while try sh("find /run/hostdev -type f") == "" && unit.devices == before
            #expect(kills > 5)
            #expect(try unit.devices == ["/dev/char/1:5 rw", "/dev/null rwm"])
            #expect(try unit.hostdev("check").status == 0)
            #expect(try unit.hostdev("detach", reference, "--all").status == 0)
            #expect(try unit.devices == before)
        }
    }

    /// A program at the top of a hierarchy that admits none beside it: BPF_F_ALLOW_OVERRIDE.
    private func occupy(_ top: String) throws {
        let program = try BPFProgram([.set(.r0, 1), .exit], name: "")
        try program.attach(to: Descriptor.open(FilePath(top), options: .directory), flags: 1)
    }
}
