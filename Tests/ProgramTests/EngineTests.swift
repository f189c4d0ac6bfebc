import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// A node in containers of real engines, each with the filter that the engine gives it.
@Suite(.serialized) struct EngineTests {
    struct Host: Sendable, CustomTestStringConvertible {
        let engine: Engine
        let layout: ControlGroupLayout
        let userNamespace: Bool
        var testDescription: String { "\(engine), \(layout)\(userNamespace ? ", user namespace" : "")" }
        var name: String { "hostdev-test-\(getpid())-\(engine)-\(layout)\(userNamespace ? "-users" : "")" }
    }

    /// Every engine with both versions of control groups. crun takes no host that has both at once.
    static let hosts = Engine.allCases.flatMap { engine in
        [engine == .crun ? ControlGroupLayout.version1 : .hybrid, .unified].flatMap { layout in
            [false, true].map { Host(engine: engine, layout: layout, userNamespace: $0) }
        }
    }

    @Test(arguments: hosts) func aNodeIsGivenAndTakenBack(host: Host) throws {
        try onThrowawayHost {
            try host.layout.enter()
            let container = try host.engine.start(
                name: host.name, userNamespace: host.userNamespace, layout: host.layout)
            defer { container.stop() }
            try filter(container)
            let before = try container.sh("ls -lR /dev")
            // A node of the test's own, where a container's user namespace has no say: it shows what the rule is alone.
            try sh(
                "mknod -m 666 /proc/\(container.id)/root/probe b 7 3; mknod -m 666 /proc/\(container.id)/root/other b 7 4"
            )
            func opens(_ path: String) throws -> Bool {
                try container.run(["/bin/dd", "if=\(path)", "count=0"]).status == 0
            }
            #expect(try !opens("/probe"))

            let document = """
                <hostdev mode='capability' type='storage'>
                  <source dev='/dev/loop3'/><permissions mode='0600' uid='0' gid='0'/>
                </hostdev>
                """
            let attach = try Program.run("attach", container.reference, "-", input: document)
            #expect(attach.status == 0, "\(attach)")
            #expect(try opens("/dev/loop3"))
            #expect(try opens("/probe"))
            #expect(try !opens("/other"))
            #expect(try container.sh("stat -c '%u %g %a %t:%T' /dev/loop3") == "0 0 600 7:3\n")
            #expect(try Program.run("check", container.reference).status == 0)

            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            #expect(try !opens("/probe"))
            #expect(try container.sh("ls -lR /dev") == before)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// systemd-nspawn leaves devices to systemd, which no test host has: what it attaches to a unit is attached here.
    private func filter(_ container: any EngineContainer) throws {
        guard let container = container as? NspawnContainer else { return }
        let unit = container.unit
        if (try? FileStatus.of(unit.appending("devices.deny"))) != nil {
            try sh("for group in $(find \(unit) -type d); do echo a > $group/devices.deny; done")
        } else {
            let program = try DeviceProgram([.set(.r0, 0), .exit], name: "sd_devices")
            try program.attach(to: Descriptor.open(unit, options: .directory))
        }
    }
}
