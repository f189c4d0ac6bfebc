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
                try DeviceProgram.attached(to: Descriptor.open(group, options: .directory))
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
}
