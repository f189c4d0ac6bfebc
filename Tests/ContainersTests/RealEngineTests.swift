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
            #expect(lines.first?.group != nil && lines.first?.group != "/")
            if engine.layout == .version1 {
                // Where both versions are mounted, it is still in the group that its engine has made for it.
                try sh("mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified")
                #expect(Containers.running().containers.first { $0.process == made.id }?.group == lines.first?.group)
                try sh("umount /sys/fs/cgroup/unified")
            }

            made.stop()
            try awaitEnd(of: made.id)
            let isAlive = try container.isAlive
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

    /// One that root has not started, by a user of the throw-away host's own.
    @Test func findsAUsersPodman() throws {
        try onThrowawayHost {
            let name = "hostdev-user-\(getpid())"
            let podman = """
                cd /run/home; export HOME=/run/home XDG_RUNTIME_DIR=/run/user/61234 USER=alice
                podman() { command podman --cgroup-manager cgroupfs --runtime runc --events-backend none --storage-driver vfs "$@"; }
                """
            try sh(
                """
                mkdir -p /run/user/61234 /run/home /run/root/bin; cp $(command -v busybox) /run/root/bin/sleep
                chown -R 61234:61234 /run/user/61234 /run/home /run/root
                { cat /etc/passwd; echo alice:x:61234:61234::/run/home:/bin/sh; } > /run/passwd
                { cat /etc/group; echo alice:x:61234:; } > /run/group
                echo alice:200000:65536 > /run/ids
                mount --bind /run/passwd /etc/passwd; mount --bind /run/group /etc/group
                mount --bind /run/ids /etc/subuid; mount --bind /run/ids /etc/subgid
                """)
            let user = ["setpriv", "--reuid", "61234", "--regid", "61234", "--clear-groups", "bash", "-ec"]
            let made = try run(
                user + [
                    """
                    \(podman)
                    podman run --detach --name \(name) --network none --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 \
                        --rootfs /run/root /bin/sleep 1000000 >/dev/null
                    podman inspect --format '{{.State.Pid}}' \(name)
                    """
                ])
            defer { _ = try? run(user + ["\(podman)\npodman rm --force --time 0 \(name); podman system migrate"]) }
            let id = try #require(Int32(made.output.filter(\.isNumber)), "\(made)")
            for text in ["podman:\(name)", "podman:61234/\(name)", "podman:alice/\(name)", name] {
                let container = try Containers.container(ContainerReference(text))
                let (process, found) = (container.process?.id, container.reference.description)
                #expect(process == id)
                #expect(found == "podman:61234/\(name)")
            }
            let lines = Containers.running().containers.filter { $0.process == id }
            #expect(lines.map(\.reference.description) == ["podman:61234/\(name)"])
            #expect(lines.map(\.hasUserNamespace) == [true])
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
