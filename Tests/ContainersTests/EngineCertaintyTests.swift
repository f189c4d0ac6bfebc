import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import Containers

/// The same questions to every engine: what is stale, reused, stopped, starting, another user's, or ends meanwhile is
/// nobody's container, and each has its own reason.
@Suite struct EngineCertaintyTests {
    /// What is on the host: one container that is what it seems, and names whose process is not the one that was meant.
    struct Stage {
        let engine: any ProcessEngine
        let good: (name: String, id: Int32)
        let refusals: [(name: String, text: String)]
        /// What has to live as long as they are looked at.
        let kept: [Any]
    }

    enum Staging: CaseIterable {
        case oci, podman, docker, lxc, libvirt, machine, lxd, incus, openvz
    }

    @Test(arguments: Staging.allCases) func isNeverTheWrongProcess(staging: Staging) throws {
        try onThrowawayHost {
            let stage = try staging.stage()
            let engine = stage.engine
            let found = try engine.container(stage.good.name).process?.id
            #expect(found == stage.good.id)
            let reasons = try stage.refusals.map { name, text in
                let error = try #require(throws: ContainerError.self) { _ = try engine.container(name) }
                #expect(error.code == .noSuchContainer, "\(error)")
                #expect(error.description.contains(text), "\(error)")
                return error.description.split(separator: ": ", maxSplits: 1).last ?? ""
            }
            #expect(Set(reasons).count == reasons.count, "\(reasons)")

            // None of them is listed, and it hides nobody.
            let listed = engine.running().containers
            #expect(listed.map(\.process) == [stage.good.id])

            // It stops when all has been looked at but its namespaces.
            let claim = try engine.claim(stage.good.name)
            let reference = ContainerReference(engine: engine.name, name: claim.name)
            let error = #expect(throws: ContainerError.self) {
                _ = try Container(reference, process: claim.process) { (id, status) throws(NotProven) in
                    try claim.proof(id, status)
                    kill(id, SIGKILL)
                    try? awaitEnd(of: id)
                }
            }
            #expect(error?.code == .noSuchContainer)
            #expect(error?.description.contains("has ended meanwhile") == true, "\(error.debugDescription)")
            withExtendedLifetime(stage.kept) {}
        }
    }
}

extension EngineCertaintyTests.Staging {
    typealias Stage = EngineCertaintyTests.Stage
    /// No process has a greater number.
    static let gone: Int32 = 4_194_303

    func stage() throws -> Stage {
        switch self {
        case .oci: try Self.oci()
        case .podman: try Self.podman()
        case .docker: try Self.docker()
        case .lxc: try Self.lxc()
        case .libvirt: try Self.libvirt()
        case .machine: try Self.machine()
        case .lxd: try Self.instances(InstanceServer.lxd, "/var/lib/lxd")
        case .incus: try Self.instances(InstanceServer.incus, "/var/lib/incus")
        case .openvz: try Self.openVZ()
        }
    }

    /// States of one process below a root: as it is, and as it is not.
    private static func states(_ root: String, of process: Int32, name: (String) -> String) throws {
        let start = try Staged.startTime(process)
        try Staged.runc("\(root)/\(name("good"))", process: process, start: start)
        try Staged.runc("\(root)/\(name("reused"))", process: process, start: start - 1)
        try Staged.runc("\(root)/\(name("stale"))", process: gone, start: start)
        try Staged.runc("\(root)/\(name("stopped"))", process: 0, start: 0)
        try Staged.runc("\(root)/\(name("unproven"))", process: process, start: nil)
        try Staged.runc("\(root)/\(name("theirs"))", process: process, start: start)
        try sh("chown 1000 \(root)/\(name("theirs"))/state.json")
    }

    private static func refusals(name: (String) -> String) -> [(name: String, text: String)] {
        [
            (name("reused"), "another one now"), (name("stale"), "no process \(gone)"),
            (name("stopped"), "names process 0"), (name("unproven"), "neither a start time nor a control group"),
            (name("theirs"), "belongs to user 1000"),
        ]
    }

    private static func oci() throws -> Stage {
        let made = try TestContainer()
        try states("/run/runc", of: made.id) { $0 }
        return Stage(
            engine: OCIEngine(), good: ("good", made.id),
            refusals: refusals { $0 } + [
                ("none", "no runtime has a state"), ("/run/runc/none", "there is no state in"),
            ],
            kept: [made])
    }

    /// An id that tells what it is.
    private static func id(_ name: String) -> String {
        let digits = name.utf8.map { String($0, radix: 16) }.joined()
        return digits + String(repeating: "0", count: 64 - digits.count)
    }

    private static func docker() throws -> Stage {
        let made = try TestContainer()
        try states("/run/docker/runtime-runc/moby", of: made.id, name: id)
        let data = "/run/docker-data"
        try sh("mkdir -p \(data) /var/lib/docker; mount --bind \(data) /var/lib/docker")
        try Staged.write("/var/lib/docker/containers/\(id("good"))/config.v2.json", #"{"Name": "/good"}"#)
        return Stage(
            engine: DockerEngine(), good: ("good", made.id),
            refusals: refusals(name: id) + [("none", "docker runs none of that name")], kept: [made])
    }

    private static func podman() throws -> Stage {
        let good = try conmon("good")
        try states("/run/runc", of: good.id, name: id)
        let theirs = try conmon("conmon", user: 1000)
        try Staged.runc("/run/runc/\(id("conmon"))", process: theirs.id, start: Staged.startTime(theirs.id))
        let other = try conmon("crio", exit: "/usr/bin/crio")
        try Staged.runc("/run/runc/\(id("crio"))", process: other.id, start: Staged.startTime(other.id))
        return Stage(
            engine: PodmanEngine(), good: ("good", good.id),
            refusals: refusals(name: id) + [
                (id("conmon"), "of user 1000, and so proves nothing"), (id("crio"), "no child of podman's conmon"),
                ("none", "root's podman runs none of that name"),
            ], kept: [good.parent, theirs.parent, other.parent])
    }

    private static func conmon(
        _ name: String, user: Int = 0, exit: String = "/usr/bin/podman"
    ) throws -> (id: Int32, parent: RunningCommand) {
        try Staged.child(
            of: "/usr/bin/conmon", "-c", id(name), "-n", name, "--exit-command", exit, user: user)
    }

    private static func lxc() throws -> Stage {
        let path = "/run/lxc"
        let good = try Staged.child(of: "[lxc monitor] \(path) good")
        let theirs = try Staged.child(of: "[lxc monitor] \(path) title", user: 1000)
        let other = try TestContainer()
        let monitors = try [
            ("good", good.id, 0), ("title", theirs.id, 0), ("reused", other.id, 0), ("stale", gone, 0),
            ("stopping", 0, 0),
            ("theirs", good.id, 1000),
        ].map { name, id, user in try Staged.monitor("\(path)/\(name)", process: id, user: user) }
        try sh("mkdir \(path)/stopped; touch \(path)/stopped/config")
        return Stage(
            engine: LXCEngine(), good: ("\(path)/good", good.id),
            refusals: [
                ("\(path)/title", "of user 1000, and so proves nothing"),
                ("\(path)/reused", "no child of LXC's monitor"),
                ("\(path)/stale", "no process \(gone)"), ("\(path)/stopping", "names process 0"),
                ("\(path)/theirs", "who answers for it is user 1000"), ("\(path)/stopped", "it is stopped"),
                ("\(path)/none", "there is none below \(path)"),
            ], kept: [good.parent, theirs.parent, other, monitors])
    }

    private static func libvirt() throws -> Stage {
        let good = try Staged.child(of: "/usr/libexec/libvirt_lxc", "--name", "good")
        let theirs = try Staged.child(of: "/usr/libexec/libvirt_lxc", "--name", "theirs", user: 1000)
        let starting = try Staged.child(of: "/usr/libexec/libvirt_lxc", "--name", "starting")
        let other = try TestContainer()
        for (name, id) in [
            ("good", good.parent.id), ("theirs", theirs.parent.id), ("starting", starting.parent.id),
            ("reused", other.id),
            ("stale", gone),
        ] { try Staged.write("/run/libvirt/lxc/\(name).pid", "\(id)") }
        // A controller without a child.
        kill(starting.id, SIGKILL)
        try awaitEnd(of: starting.id)
        return Stage(
            engine: LibvirtEngine(), good: ("good", good.id),
            refusals: [
                ("theirs", "user 1000's, and so proves nothing"), ("reused", "process \(other.id) is no controller"),
                ("stale", "process \(gone) is no controller"), ("starting", "has not started it yet"),
                ("none", "has no running domain"),
            ], kept: [good.parent, theirs.parent, starting.parent, other])
    }

    private static func machine() throws -> Stage {
        func register(_ name: String, _ leader: Int32, _ more: String = "SERVICE=systemd-nspawn") throws {
            try Staged.write(
                "/run/systemd/machines/\(name)", "NAME=\(name)\nCLASS=container\n\(more)\nLEADER=\(leader)")
        }
        let good = try Staged.child(of: "systemd-nspawn", "-M", "good")
        let theirs = try Staged.child(of: "systemd-nspawn", "-M", "theirs", user: 1000)
        let other = try TestContainer()
        try register("good", good.id)
        try register("theirs", theirs.id)
        try register("reused", other.id)
        try register("stale", gone)
        try register("stopped", 0)
        try register("unit", other.id, "SCOPE=machine-unit.scope")
        try Staged.write("/run/systemd/machines/vm", "NAME=vm\nCLASS=vm\nLEADER=\(other.id)")
        return Stage(
            engine: MachineEngine(), good: ("good", good.id),
            refusals: [
                ("theirs", "of user 1000, and so proves nothing"),
                ("reused", "no child of the systemd-nspawn of reused"),
                ("stale", "no process \(gone)"), ("stopped", "names process 0"),
                ("unit", "not in the control group /machine-unit.scope"), ("vm", "virtual machine"),
                ("none", "no systemd-nspawn runs it"),
            ], kept: [good.parent, theirs.parent, other])
    }

    private static func instances(_ engine: any ProcessEngine, _ folder: String) throws -> Stage {
        let good = try Staged.child(of: "[lxc monitor] \(folder)/containers good")
        let theirs = try Staged.child(of: "[lxc monitor] \(folder)/containers theirs", user: 1000)
        let other = try TestContainer()
        let processes = [
            ("good", good.id), ("theirs", theirs.id), ("reused", other.id), ("stale", gone), ("stopped", 0),
        ]
        for (name, id) in processes {
            try Staged.write("/run/answers/1.0_instances_\(name)_state", #"{"metadata": {"pid": \#(id)}}"#)
        }
        let list = processes.map { #"{"name": "\#($0)", "type": "container", "state": {"pid": \#($1)}}"# }
        try Staged.write("/run/answers/1.0_instances", #"{"metadata": [\#(list.joined(separator: ", "))]}"#)
        try sh("mkdir -p \(folder); mount -t tmpfs tmpfs \(folder)")
        let server = try Staged.fakeInstanceServer("\(folder)/unix.socket", folder: "/run/answers")
        return Stage(
            engine: engine, good: ("good", good.id),
            refusals: [
                ("theirs", "of user 1000, and so proves nothing"), ("reused", "no child of the monitor of reused"),
                ("stale", "no process \(gone)"), ("stopped", "names process 0"), ("none", "no such instance"),
                ("a/b/c", "neither an instance nor"),
            ], kept: [good.parent, theirs.parent, other, server])
    }

    private static func openVZ() throws -> Stage {
        try OpenVZHost.make()
        let group = "vz-\(getpid())\(UInt32.random(in: 0...UInt32.max))"
        let id = String(group.dropFirst(3))
        let hierarchy = (try? FileStatus.of("/sys/fs/cgroup/cgroup.procs")) != nil ? "" : "/devices"
        let folder = "/sys/fs/cgroup\(hierarchy)/\(group)"
        try sh("mkdir \(folder)")
        let made = try TestContainer(.init(groups: [FilePath(folder)]))
        let other = try TestContainer()
        for (name, process) in [(id, made.id), ("2", other.id), ("3", getpid()), ("4", gone), ("5", 0)] {
            try OpenVZHost.configure(Int(name) ?? 0, "")
            try Staged.write("/var/lib/vzctl/vepid/\(name)", "\(process)")
        }
        try OpenVZHost.configure(6, "")
        return Stage(
            engine: OpenVZEngine(), good: (id, made.id),
            refusals: [
                ("2", "not in the control group /vz-2"), ("3", "is no container's init"), ("4", "no process \(gone)"),
                ("5", "names process 0"), ("6", "there is no /var/lib/vzctl/vepid/6"),
                ("7", "neither /etc/vz/conf/7.conf nor"),
            ], kept: [made, other, Ending { _ = try? until("rmdir \(folder) 2> /dev/null; ! [ -e \(folder) ]") }])
    }
}

/// Does something when it goes.
private final class Ending {
    let action: () -> Void
    init(_ action: @escaping () -> Void) { self.action = action }
    deinit { action() }
}
