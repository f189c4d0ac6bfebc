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

    /// The engines that have a filter of their own, with both versions of control groups; the others use one of theirs.
    static let hosts = [Engine.runc, .crun, .lxc, .nspawn].flatMap { engine in
        [engine.layout, .unified].flatMap { layout in
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

            // What its owner does afterwards takes nothing away.
            let programs = try deciding(container)
            try container.change()
            // crun attaches its program again, and LXC another one beside the first.
            if host.layout == .unified, host.engine == .crun || host.engine == .lxc {
                #expect(try deciding(container) != programs, "\(host)")
            }
            if host.layout == .unified { try filter(container) }
            #expect(try opens("/probe"))
            #expect(try !opens("/other"))
            #expect(try Program.run("check", container.reference).status == 0)

            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            #expect(try !opens("/probe"))
            #expect(try container.sh("ls -lR /dev") == before)
            #expect(try sh("find /run/hostdev -type f") == "")

            // Killed with the node: its rule goes, also where its group stays.
            #expect(try Program.run("attach", container.reference, "-", input: document).status == 0)
            let groups = try DeviceControlGroups(of: container.id)
            #expect(try allows(groups))
            kill(container.id, SIGKILL)
            try awaitEnd(of: container.id)
            let recover = try Program.run("recover")
            #expect(recover.status == 0, "\(recover)")
            #expect(try sh("find /run/hostdev -type f") == "")
            #expect(try !allows(groups))
        }
    }

    /// Whether a group that still is there has a rule for the test's device.
    private func allows(_ groups: DeviceControlGroups) throws -> Bool {
        if let list = groups.v1.flatMap({ try? readText($0.directory.appending("devices.list")) }) {
            return list.contains("b 7:3 rw")
        }
        guard let group = groups.v2, (try? FileStatus.of(group.directory)) != nil else { return false }
        let table = BPFOverride(context: RuleContext(lock: RuleLock(path: "/run/lock", timeout: .zero), delegate: nil))
        let rule = DeviceRule(DeviceNumber(.block, 7, 3), [.read, .write])
        return try table.plan(rule, for: groups).isEmpty
    }

    /// The numbers of the programs that decide about devices in a container.
    private func deciding(_ container: any EngineContainer) throws -> [UInt32] {
        guard let group = try DeviceControlGroups(of: container.id).v2 else { return [] }
        return try BPFProgram.attached(to: Descriptor.open(group.directory, options: .directory), effective: true)
    }

    /// systemd-nspawn leaves devices to systemd, which no test host has: what it attaches to a unit is attached here.
    private func filter(_ container: any EngineContainer) throws {
        guard let container = container as? NspawnContainer else { return }
        let unit = container.unit
        if (try? FileStatus.of(unit.appending("devices.deny"))) != nil {
            try sh("for group in $(find \(unit) -type d); do echo a > $group/devices.deny; done")
        } else {
            let program = try BPFProgram([.set(.r0, 0), .exit], name: "sd_devices")
            try program.attach(to: Descriptor.open(unit, options: .directory))
        }
    }

    /// Killed between any two steps, and recovered: the owner's programs are what they were, and nothing of ours is left.
    /// Once with a rule that overrides them, once where only their place can be taken or their table be added to: below a
    /// group whose program gives way to others, and which is all that this host has of the hierarchy.
    @Test(arguments: ["override", "patch", "table"]) func noRuleIsLeftByAKill(way: String) throws {
        let top = "/sys/fs/cgroup/unified/hostdev-test-\(getpid())-kill-\(way)"
        try sh("mkdir \(top) \(top)/container")
        defer { _ = try? sh("for n in $(seq 200); do rmdir \(top)/container \(top) && break; sleep 0.02; done") }
        try onThrowawayHost {
            try sh("mount --bind \(top) /mnt; umount -R -l /sys/fs/cgroup; mount --move /mnt /sys/fs/cgroup")
            let path: FilePath = "/sys/fs/cgroup/container"
            if way != "override" {
                let yielding = try BPFProgram([.set(.r0, 1), .exit], name: "yielding")
                try yielding.attach(to: Descriptor.open("/sys/fs/cgroup", options: .directory), flags: 1)
            }
            let group = try Descriptor.open(path, options: .directory)
            let table = try BPFMap(BPFMap.Layout(name: "", keySize: 8, valueSize: 4), limit: 64)
            let denial =
                way == "table"
                ? LibvirtProgram.instructions(table: table.descriptor.file.rawValue).map(Instruction.init(word:))
                : [.set(.r0, 0), .exit]
            try BPFProgram(denial, name: "").attach(to: group)
            let container = try TestContainer(.init(groups: [path]))
            defer { container.end() }
            func deciding() throws -> (programs: [[Instruction]], isTableEmpty: Bool) {
                let programs = try [path, "/sys/fs/cgroup"].flatMap { group in
                    try BPFProgram.attached(to: Descriptor.open(group, options: .directory))
                }
                return (try programs.map { try BPFProgram(id: $0).code() }, try table.isEmpty)
            }
            let before = try deciding()
            let attach = ["attach", container.reference, "--misc", "/dev/zero"]
            for command in [attach, ["detach", container.reference, "--all"]] {
                var kills = 0
                for step in 1... {
                    if command != attach { #expect(try Program.run(attach).status == 0) }
                    let result = try Program.run(command, environment: ["HOSTDEV_KILL_AT": "\(step)"])
                    if result.status == 0 { break }
                    try #require(result.status == 128 + 9, "\(result)")
                    kills += 1
                    #expect(try Program.run("recover").status == 0)
                    if try Program.run("list").output.contains("attached") {
                        #expect(try deciding() != before)
                        #expect(try Program.run("detach", container.reference, "--all").status == 0)
                    }
                    #expect(try deciding() == before, "after step \(step)")
                    #expect(try container.sh("ls /dev") == "null\n")
                    #expect(try sh("find /run/hostdev -type f") == "")
                }
                #expect(kills >= 4)
                #expect(try deciding() != before || command != attach)
                _ = try Program.run("detach", container.reference, "--all", "--if-attached")
            }
            #expect(try deciding() == before)
        }
    }
}
