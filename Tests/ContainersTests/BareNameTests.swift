import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import Containers

/// A name leads to the one container that has it, and never into a stranger's namespace.
@Suite struct BareNameTests {
    private func reference(_ text: String) throws -> String {
        try Containers.container(ContainerReference(text)).reference.description
    }

    private func refusal(_ text: String) throws -> ContainerError {
        try #require(throws: ContainerError.self) { _ = try Containers.container(ContainerReference(text)) }
    }

    private static func id(_ digit: Character) -> String { String(repeating: digit, count: 64) }

    /// What an engine keeps of a container of the name `web` that does not run.
    enum Stopped: String, CaseIterable {
        case openvz, lxc, libvirt, machine, docker, podman, oci, incus

        func keep() throws -> RunningCommand? {
            func hide(_ folder: String) throws { try sh("mkdir -p \(folder); mount -t tmpfs tmpfs \(folder)") }
            switch self {
            case .openvz:
                try OpenVZHost.make()
                try OpenVZHost.configure(101, "NAME=\"web\"\n")
                try sh("ln -s /etc/vz/conf/101.conf /etc/vz/names/web")
            case .lxc:
                try hide("/var/lib/lxc")
                try Staged.write("/var/lib/lxc/web/config", "lxc.uts.name = web")
            case .libvirt:
                try hide("/etc/libvirt/lxc")
                try Staged.write("/etc/libvirt/lxc/web.xml", "<domain type='lxc'/>")
            case .machine:
                try hide("/var/lib/machines")
                try sh("mkdir /var/lib/machines/web")
            case .docker:
                try hide("/var/lib/docker")
                try Staged.write("/var/lib/docker/containers/\(id("d"))/config.v2.json", #"{"Name": "/web"}"#)
            case .podman:
                try hide("/var/lib/containers/storage")
                try Staged.write(
                    "/var/lib/containers/storage/vfs-containers/containers.json",
                    #"[{"id":"\#(id("e"))","names":["web"],"image":""}]"#)
            case .oci: try Staged.runc("/run/runc/web", process: 4_194_303, start: 1)
            case .incus:
                try Staged.write("/run/answers/1.0_instances_web_state", #"{"metadata": {"pid": 0}}"#)
                try Staged.write(
                    "/run/answers/1.0_instances",
                    #"{"metadata": [{"name": "web", "type": "container", "project": "default"}]}"#)
                return try Staged.fakeInstanceServer("/run/incus/unix.socket", folder: "/run/answers")
            }
            return nil
        }
    }

    /// A namespace of the same name is another thing, and so is a process whose number is the name.
    @Test(arguments: Stopped.allCases)
    func aStoppedContainerKeepsItsName(engine: Stopped) throws {
        try onThrowawayHost {
            try sh("ip netns add web")
            #expect(try reference("web") == "netns:web")
            let kept = try engine.keep()
            let error = try refusal("web")
            #expect(error.code == .noSuchContainer, "\(error)")
            #expect(error.description.contains("\(engine.rawValue):"), "\(error)")
            #expect(try reference("netns:web") == "netns:web")

            // Another engine's, which runs: nobody can say which is meant.
            let other = try Staged.child(of: "systemd-nspawn", "-M", "web")
            defer { other.parent.end() }
            if engine != .machine {
                try Staged.write(
                    "/run/systemd/machines/web", "CLASS=container\nSERVICE=systemd-nspawn\nLEADER=\(other.id)")
                let both = try refusal("web")
                #expect(both.code == .ambiguous && both.description.contains("machine:web"), "\(both)")
                #expect(both.description.contains("\(engine.rawValue):"), "\(both)")
            }
            withExtendedLifetime(kept) {}
        }
    }

    /// vzctl leaves a link to the namespace of a process, whose number is another's by then.
    @Test func aLinkIsNoNamespace() throws {
        try onThrowawayHost {
            let stranger = try TestContainer()
            try OpenVZHost.make()
            try OpenVZHost.configure(101, "")
            try OpenVZHost.configure(Int(stranger.id), "")
            try sh(
                """
                ip netns add blue; cd /run/netns
                ln -s /proc/\(stranger.id)/ns/net 101; ln -s blue green; ln -s nowhere red
                mkdir folder; mkfifo pipe; touch file; ln -s /proc/\(stranger.id)/ns ns
                """)
            for name in ["101", "green", "red"] {
                for text in ["netns:\(name)", "netns:/run/netns/\(name)"] {
                    let error = try refusal(text)
                    #expect(error.code == .noSuchContainer && error.description.contains("is a link"), "\(error)")
                }
            }
            for name in ["folder", "pipe", "file", "ns"] {
                #expect(try refusal("netns:\(name)").code == .noSuchContainer)
            }
            #expect(try refusal("101").description.hasPrefix("container openvz:101 does not run"))
            #expect(try refusal("\(stranger.id)").description.hasPrefix("container openvz:\(stranger.id) does not run"))
            #expect(try refusal("green").description.contains("is a link"))
            #expect(Containers.running().containers.filter { $0.process == nil }.map(\.reference.name) == ["blue"])
            // Who names the process means it.
            #expect(try reference("netns:/proc/\(stranger.id)/ns/net") == "netns:/proc/\(stranger.id)/ns/net")
            #expect(try reference("pid:\(stranger.id)") == "pid:\(stranger.id)")
        }
    }

    @Test func aProjectIsSearchedToo() throws {
        try onThrowawayHost {
            let folder = "/var/lib/incus/containers"
            let made = try ["web", "lab_web", "lab_db"].map { try Staged.child(of: "[lxc monitor] \(folder) \($0)") }
            func list(_ names: [(String, String)]) throws {
                let entries = names.map { #"{"name": "\#($1)", "type": "container", "project": "\#($0)"}"# }
                try Staged.write("/run/answers/1.0_instances", #"{"metadata": [\#(entries.joined(separator: ", "))]}"#)
            }
            // The fake does not know projects: a name leads to one process in all of them.
            func answer(_ name: String, _ id: Int32) throws {
                try Staged.write("/run/answers/1.0_instances_\(name)_state", #"{"metadata": {"pid": \#(id)}}"#)
            }
            try list([("default", "web"), ("lab", "db")])
            try answer("web", made[0].id)
            try answer("db", made[2].id)
            let server = try Staged.fakeInstanceServer("/run/incus/unix.socket", folder: "/run/answers")
            #expect(try reference("web") == "incus:web")
            #expect(try reference("db") == "incus:lab/db")
            try list([("default", "web"), ("lab", "web")])
            try answer("web", made[1].id)
            // The default project's is not to be had here, and is not the other's.
            let both = try refusal("web")
            #expect(both.code == .ambiguous && both.description.contains("incus:lab/web"), "\(both)")
            #expect(both.description.contains("incus:web"), "\(both)")
            try sh("rm /run/answers/1.0_instances_web_state")
            #expect(try refusal("incus:web").description.contains("incus:lab/web"))
            withExtendedLifetime((made.map(\.parent), server)) {}
        }
    }

    /// An engine mounts the namespaces that it makes.
    @Test func aContainersNamespaceIsTheContainer() throws {
        try onThrowawayHost {
            let made = try TestContainer()
            try Staged.runc("/run/runc/web", process: made.id, start: Staged.startTime(made.id))
            try sh(
                "mkdir -p /run/netns; touch /run/netns/netns-1; mount --bind /proc/\(made.id)/ns/net /run/netns/netns-1"
            )
            try sh("ip netns add blue")
            let names = Containers.running().containers.map(\.reference.description)
            #expect(names.contains("oci:web") && names.contains("netns:blue") && !names.contains("netns:netns-1"))
            #expect(try reference("netns-1") == "oci:web")
            #expect(try reference("netns:netns-1") == "netns:netns-1")
        }
    }

    /// What is listed as a way out is one.
    @Test func candidatesLeadSomewhere() throws {
        try onThrowawayHost {
            let made = try [TestContainer(), TestContainer()]
            for (root, one) in zip(["/run/runc", "/run/crun"], made) {
                try Staged.runc("\(root)/web", process: one.id, start: Staged.startTime(one.id))
            }
            for text in ["web", "oci:web"] {
                let error = try refusal(text)
                #expect(error.code == .ambiguous && !error.description.contains("ENGINE:"), "\(error)")
                let candidates = error.description.split(whereSeparator: { " ,".contains($0) }).filter {
                    $0.hasPrefix("oci:")
                }
                #expect(candidates.count == 2)
                for candidate in candidates { #expect(try reference(String(candidate)) == candidate) }
            }
        }
    }

    /// Under another `--data-root`, with another container's network, and where containerd keeps the root directories.
    @Test(arguments: [
        ("/run/data/overlay2/x/merged", "none", true), ("/run/data/1.1/vfs/dir/x", "none", true),
        ("/run/containerd/rootfs/x", "/etc/hosts", true), ("/run/containerd/rootfs/x", "/dev/shm", true),
        // A user's own mount says nothing, nor does a file that a user has put there.
        ("/run/containerd/rootfs/x", "/srv", false), ("/run/theirs/vfs/dir/x", "none", false),
    ])
    func dockersNamesAreFound(root: String, destination: String, isFound: Bool) throws {
        try onThrowawayHost {
            let made = try TestContainer()
            let (own, other) = (Self.id("a"), Self.id("b"))
            for data in ["/run/data", "/run/data/1.1", "/run/theirs"] {
                try Staged.write("\(data)/containers/\(own)/config.v2.json", #"{"Name": "/web"}"#)
            }
            try sh("chown 1000 /run/theirs/containers/\(own)/config.v2.json")
            try Staged.runc(
                "/run/docker/runtime-runc/moby/\(own)", process: made.id, start: Staged.startTime(made.id),
                more: """
                    , "config": {"rootfs": "\(root)", "mounts": [
                        {"destination": "\(destination)", "source": "/run/data/containers/\(other)/mounts/shm"}]}
                    """)
            #expect(try reference("docker:\(own)") == "docker:\(isFound ? "web" : own)")
            #expect(Containers.running().containers.map(\.reference.name).contains("web") == isFound)
        }
    }

    /// A user's podman: the kernel says whose the process is, and nothing that the user wrote is believed.
    @Test func podmanOfAUser() throws {
        try onThrowawayHost {
            func conmon(_ name: String, _ digit: Character, _ user: Int, own: Bool = true) throws -> (
                Int32, RunningCommand
            ) {
                try Staged.child(
                    of: "conmon", "-c", Self.id(digit), "-n", name, "--exit-command", "/usr/bin/podman", user: user,
                    userNamespace: own)
            }
            let web = try conmon("web", "a", 61_234)
            let liar = try conmon("liar", "b", 61_234, own: false)
            let two = try [conmon("two", "c", 61_234), conmon("two", "d", 61_235)]
            try sh("mkdir -p /run/user/61234/containers")
            for text in [
                "web", "podman:web", "podman:61234/web", "podman:\(Self.id("a"))", "podman:aaaaaaaaaaaa",
                "podman:61234/aaaaaa",
            ] { #expect(try reference(text) == "podman:61234/web") }
            #expect(try Containers.container(ContainerReference("podman:web")).process?.id == web.0)
            #expect(try refusal("podman:liar").description.contains("no user namespace of user 61234's"))
            #expect(try refusal("podman:61235/web").code == .noSuchContainer)
            for text in ["two", "podman:two"] {
                let error = try refusal(text)
                #expect(error.code == .ambiguous && error.description.contains("podman:61235/two"), "\(error)")
            }
            #expect(try reference("podman:61235/two") == "podman:61235/two")
            let names = Containers.running().containers.filter { $0.reference.engine == "podman" }.map(\.reference.name)
            #expect(names.sorted() == ["61234/two", "61234/web", "61235/two"])
            // Root's of that name, also one that is stopped, comes first.
            _ = try Stopped.podman.keep()
            #expect(try refusal("podman:web").code == .noSuchContainer)
            #expect(try reference("podman:61234/web") == "podman:61234/web")
            withExtendedLifetime((web, liar, two)) {}
        }
    }
}
