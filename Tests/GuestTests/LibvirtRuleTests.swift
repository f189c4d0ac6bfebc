import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// Rules in libvirt's own table: of a container of the real one, on cgroup2 alone with all controllers. Debian's kernel can
/// override denials, so that is ruled out.
struct LibvirtRuleTests {
    @Test func aRuleComesGoesAndStays() throws {
        try onThrowawayHost {
            try sh("modprobe -a fuse loop")
            try until("[ -b /dev/loop4 ]")
            let name = "hostdev-rules-\(getpid())"
            let container = try #require(Engine.libvirt.start(name: name, layout: .unified) as? LibvirtContainer)
            defer { container.stop() }
            try sh(
                """
                mknod -m 666 /proc/\(container.id)/root/probe b 7 3
                mknod -m 666 /proc/\(container.id)/root/other b 7 4
                """)
            func opens(_ path: String) throws -> Bool {
                try container.run(["/bin/dd", "if=\(path)", "count=0"]).status == 0
            }
            #expect(try !opens("/probe"))

            var rules = DeviceRules(stateDirectory: "/run")
            rules.context.allowsOverride = false
            let rule = DeviceRule(DeviceNumber(.block, 7, 3), [.read, .write])
            let groups = try DeviceControlGroups(of: container.id)
            let grants = try rules.plan(rule, for: groups)
            let group = try #require(groups.v2).directory
            #expect(
                grants == [
                    RuleChange(
                        means: "entry", directory: group, group: try FileStatus.of(group).identity.inode, rule: rule)
                ])
            for grant in grants { try rules.apply(grant) }
            #expect(try opens("/probe"))
            #expect(try !opens("/other"))

            // What libvirt gives later leaves it, and stays when ours goes.
            try container.attachDevice("/dev/loop4")
            #expect(try opens("/other"))
            #expect(try opens("/probe"))
            #expect(try rules.plan(rule, for: groups) == [])
            for grant in grants { try rules.revoke(grant) }
            #expect(try !opens("/probe"))
            #expect(try opens("/other"))
        }
    }
}
