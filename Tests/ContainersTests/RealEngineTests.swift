import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import Containers

/// Containers that real engines have started, found by name.
@Suite struct RealEngineTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let reference: @Sendable (_ name: String) -> String
        let layout: ControlGroupLayout
        let userNamespace: Bool
        let start: @Sendable (_ name: String) throws -> any EngineContainer
        var testDescription: String { reference("NAME") + (userNamespace ? ", user namespace" : "") }
    }

    private static func debian(_ engine: Engine, _ layout: ControlGroupLayout, _ prefix: String, user: Bool) -> Case {
        Case(
            reference: { prefix + $0 }, layout: layout, userNamespace: user,
            start: { try engine.start(name: $0, userNamespace: user, layout: layout) })
    }

    static let cases: [Case] =
        [false, true].flatMap { user in
            [
                debian(.runc, .hybrid, "oci:", user: user), debian(.crun, .version1, "oci:", user: user),
                debian(.lxc, .hybrid, "lxc:/run/lxc-containers/", user: user),
                debian(.nspawn, .hybrid, "machine:", user: user),
            ]
        } + [
            Case(reference: { "podman:" + $0 }, layout: .hybrid, userNamespace: false) { try PodmanContainer($0) },
            Case(reference: { "docker:" + $0 }, layout: .version1, userNamespace: false) { try DockerContainer($0) },
            Case(reference: { "libvirt:" + $0 }, layout: .version1, userNamespace: false) { try LibvirtContainer($0) },
        ]

    @Test(arguments: cases)
    func findsByName(_ engine: Case) throws {
        try onThrowawayHost {
            try engine.layout.enter()
            let name = "hostdev-find-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
            let made = try engine.start(name)
            defer { made.stop() }
            let reference = engine.reference(name)
            let container = try Containers.container(ContainerReference(reference))
            let (process, found) = (container.process?.id, container.reference.description)
            #expect(process == made.id)
            #expect(found == reference)

            // LXC's containers are bare names only below its own path.
            if !reference.contains("/") {
                let bare = try Containers.container(ContainerReference(name))
                let (process, found) = (bare.process?.id, bare.reference.description)
                #expect(process == made.id)
                #expect(found == reference)
            }

            // Once, under the name that its engine has for it, and not as a process or a runtime's besides.
            let lines = Containers.running().containers.filter { $0.process == made.id }
            #expect(lines.map(\.reference.description) == [reference])
            #expect(lines.map(\.hasUserNamespace) == [engine.userNamespace])
            #expect(lines.first?.group != nil)

            made.stop()
            try awaitEnd(of: made.id)
            let isAlive = container.isAlive
            #expect(!isAlive)
            let error = #expect(throws: ContainerError.self) {
                _ = try Containers.container(ContainerReference(reference))
            }
            #expect(error?.code == .noSuchContainer, "\(error.debugDescription)")
        }
    }

    /// As podman does: the whole id, or a beginning that no other has.
    @Test func findsPodmansByID() throws {
        try onThrowawayHost {
            let name = "hostdev-id-\(getpid())"
            let made = try PodmanContainer(name)
            defer { made.stop() }
            for id in [made.fullID, String(made.fullID.prefix(12)), String(made.fullID.prefix(3))] {
                let container = try Containers.container(ContainerReference("podman:\(id)"))
                let (process, found) = (container.process?.id, container.reference.description)
                #expect(process == made.id)
                #expect(found == "podman:\(name)")
            }
        }
    }

    /// As docker does, and with a folder of its own.
    @Test func findsDockersByID() throws {
        try onThrowawayHost {
            try ControlGroupLayout.version1.enter()
            let name = "hostdev-docker-\(getpid())"
            let made = try DockerContainer(name)
            defer { made.stop() }
            for id in [made.fullID, String(made.fullID.prefix(12)), String(made.fullID.prefix(3))] {
                let container = try Containers.container(ContainerReference("docker:\(id)"))
                let (process, found) = (container.process?.id, container.reference.description)
                #expect(process == made.id)
                #expect(found == "docker:\(name)")
            }
        }
    }

    /// A monitor of LXC's answers under a hashed name where the path is too long for a socket's.
    @Test func findsLXCBelowALongPath() throws {
        try onThrowawayHost {
            let name = "hostdev-long-\(getpid())"
            let path = "/run/" + String(repeating: "long/", count: 20) + "lxc"
            try sh("mkdir -p \(path); mkdir /run/lxc-containers; mount --bind \(path) /run/lxc-containers")
            let place = LXCPlace("\(path)/\(name)")
            #expect(place.socketName.hasPrefix("lxc/"))
            try sh(
                """
                mkdir -p \(path)/\(name)/root && cd \(path)/\(name) && cp -r --parents $(command -v busybox) root
                printf '%s\\n' 'lxc.rootfs.path = dir:\(path)/\(name)/root' "lxc.init.cmd = $(command -v busybox) sleep 1000000" \
                    'lxc.net.0.type = empty' 'lxc.apparmor.profile = unconfined' 'lxc.pty.max = 4' 'lxc.tty.max = 0' > config
                lxc-start -P \(path) -n \(name) -l INFO -o log || { cat log >&2; exit 1; }
                """)
            defer { _ = try? run(["lxc-stop", "-P", path, "-n", name, "-k"]) }
            let expected = try Int32(sh("lxc-info -P \(path) -n \(name) -pH").filter(\.isNumber))
            let process = try Containers.container(ContainerReference("lxc:\(path)/\(name)")).process?.id
            #expect(process == expected)
        }
    }
}
