import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import Containers

/// Containers that real engines have started, found by name.
@Suite struct RealEngineTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let engine: Engine
        let userNamespace: Bool
        var testDescription: String { "\(engine)\(userNamespace ? ", user namespace" : "")" }
    }

    static let cases = Engine.allCases.flatMap { engine in
        [false, true].map { Case(engine: engine, userNamespace: $0) }
    }

    @Test(arguments: cases)
    func findsByName(_ test: Case) throws {
        let engine = test.engine
        try onThrowawayHost {
            try engine.layout.enter()
            let name = "hostdev-find-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
            let made = try engine.start(name: name, userNamespace: test.userNamespace, layout: engine.layout)
            defer { made.stop() }
            let reference = engine.prefix + name
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

            // As podman and docker do: the whole id, or a beginning that no other has.
            for id in made.fullID.map({ [$0, String($0.prefix(12)), String($0.prefix(3))] }) ?? [] {
                let container = try Containers.container(ContainerReference(engine.prefix + id))
                let (process, found) = (container.process?.id, container.reference.description)
                #expect(process == made.id)
                #expect(found == reference)
            }

            // Once, under the name that its engine has for it, and not as a process or a runtime's besides.
            let lines = Containers.running().containers.filter { $0.process == made.id }
            #expect(lines.map(\.reference.description) == [reference])
            #expect(lines.map(\.hasUserNamespace) == [test.userNamespace])
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

    /// conmon still has the old name then, and podman may give that to another container.
    @Test func aRenamedContainerHasItsNewNameAlone() throws {
        try onThrowawayHost {
            func process(_ reference: String) throws -> Int32? {
                try Containers.container(ContainerReference(reference)).process?.id
            }
            let name = "hostdev-test-\(getpid())-renamed"
            let container = try PodmanContainer(ofImage: name)
            defer { container.stop() }
            #expect(try process("podman:\(name)") == container.id)
            try container.rename(to: "\(name)-now")
            #expect(try process("podman:\(name)-now") == container.id)
            #expect(throws: ContainerError.self) { try process("podman:\(name)") }
            let other = try PodmanContainer(ofImage: name)
            defer { other.stop() }
            #expect(try process("podman:\(name)") == other.id)
            #expect(try process("podman:\(name)-now") == container.id)
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
