import Glibc
import LinuxSystem
import TestHost
import Testing

/// One container under all the names that it has, from outside.
@Suite(.serialized) struct EngineReferenceTests {
    private struct List: Decodable {
        struct Attachment: Decodable {
            let container: String
        }
        let attachments: [Attachment]
    }

    private struct Containers: Decodable {
        struct Container: Decodable {
            let reference: String
            let engine: String
            let name: String
            let pid: Int32?
            let userns: Bool
            let cgroup: String?
            let obstacles: [Obstacle]
        }
        struct Obstacle: Decodable {
            let property: String
            let verdict: String
        }
        let containers: [Container]
    }

    private func attached(_ reference: String) throws -> [String] {
        let result = try Program.run("list", reference, "--format", "json")
        return try decode(List.self, result).attachments.map(\.container)
    }

    /// Attached by one name, it is listed, checked and detached by any other; and when the container has died, by all that
    /// its record tells.
    @Test func anyNameOfTheContainerFindsWhatItHas() throws {
        try onThrowawayHost {
            let name = "hostdev-names-\(getpid())"
            let made = try Engine.lxc.start(name: name, layout: .hybrid)
            defer { made.stop() }
            let environment = ["LXC_PATH": "/run/lxc-containers"]
            let names = ["lxc:\(name)", name, "pid:\(made.id)", "lxc:/run/lxc-containers/\(name)"]
            for name in names {
                try sh("ip link add eth0 type veth peer name peer")
                let attach = try Program.run("attach", name, "--net", "eth0", environment: environment)
                #expect(attach.status == 0, "\(attach)")
                for other in names {
                    let list = try Program.run("list", other, "--format", "json", environment: environment)
                    #expect(try decode(List.self, list).attachments.count == 1, "\(name), \(other): \(list)")
                    #expect(try Program.run("check", other, environment: environment).status == 0)
                }
                let detach = try Program.run(
                    "detach", names[names.count - 1], "--net", "eth0", environment: environment)
                #expect(detach.status == 0, "\(detach)")
                try sh("ip link del eth0")
            }
        }
    }

    /// LXD's own variables lead to the daemon that is asked, and nowhere else.
    @Test func asksTheDaemonThatTheEnvironmentNames() throws {
        try onThrowawayHost {
            let name = "hostdev-environment-\(getpid())"
            let made = try Engine.lxd.start(name: name, layout: .hybrid)
            defer { made.stop() }
            try sh("ln -s /var/lib/lxd /run/elsewhere; ip link add eth0 type veth peer name peer")
            for (variable, value, status) in [
                ("LXD_DIR", "/run/elsewhere", Int32(0)), ("LXD_SOCKET", "/run/elsewhere/unix.socket", 0),
                ("LXD_DIR", "/run/nowhere", 69), ("LXD_SOCKET", "/run/nowhere", 69), ("INCUS_DIR", "/run/nowhere", 0),
            ] {
                let result = try Program.run(
                    "attach", "lxd:\(name)", "--net", "eth0", "--dry-run", environment: [variable: value])
                #expect(result.status == status, "\(variable)=\(value): \(result)")
            }
            // Incus's are the same, and so is what it answers.
            let incus = try Program.run(
                "attach", "incus:\(name)", "--net", "eth0", "--dry-run", environment: ["INCUS_DIR": "/run/elsewhere"])
            #expect(incus.status == 0, "\(incus)")
        }
    }

    @Test func aDeadContainerIsKnownByItsRecord() throws {
        try onThrowawayHost {
            let name = "hostdev-dead-\(getpid())"
            let made = try Engine.runc.start(name: name, layout: .hybrid)
            defer { made.stop() }
            try sh("for n in 0 1 2; do ip link add eth$n type veth peer name peer$n; done")
            let attach = try Program.run("attach", name, "--net", "eth0", "--net", "eth1", "--net", "eth2")
            #expect(attach.status == 0, "\(attach)")
            made.stop()
            try awaitEnd(of: made.id)
            #expect(try Program.run("check", name).status == 2)
            for (index, reference) in ["oci:\(name)", name, "pid:\(made.id)"].enumerated() {
                #expect(try attached(reference) == Array(repeating: "oci:\(name)", count: 3 - index))
                let detach = try Program.run("detach", reference, "--net", "eth\(index)")
                #expect(detach.status == 0, "\(detach)")
            }
            #expect(try sh("ip -br link | grep -c '^eth'") == "3\n")
        }
    }

    /// Renamed by its engine, or with an engine that cannot be asked any more, it has what it had.
    @Test func whatItsEngineSaysLaterDoesNotMatter() throws {
        try onThrowawayHost {
            let name = "hostdev-state-\(getpid())"
            let made = try Engine.runc.start(name: name, layout: .hybrid)
            defer { made.stop() }
            try sh("ip link add eth0 type veth peer name peer")
            #expect(try Program.run("attach", "oci:\(name)", "--net", "eth0").status == 0)
            try sh("mv /run/runc/\(name)/state.json /run/state")
            #expect(try Program.run("recover").status == 0)
            #expect(try Program.run("check").status == 0)
            try sh("mv /run/state /run/runc/\(name)/state.json")
            #expect(try Program.run("detach", "oci:\(name)", "--net", "eth0").status == 0)
        }
    }

    @Test func aRefusalSaysWhatWouldDo() throws {
        try onThrowawayHost {
            try sh("ip netns add blue")
            let refusals: [(container: String, device: [String], message: String, hint: String)] = [
                ("netns:blue", ["--misc", "/dev/fuse"], "netns takes no device nodes", "pid:4242"),
                ("netns:blue", ["--usb", "0483:2016"], "netns takes no USB devices", "pid:4242"),
                ("netns:blue", ["--pci", "0000:00:16.3"], "netns takes no PCI devices", "pid:4242"),
            ]
            for refusal in refusals {
                let result = try Program.run(["attach", refusal.container] + refusal.device + ["--format", "json"])
                #expect(result.status == 1)
                let error = try decode(ErrorDocument.self, result).error
                #expect(error.code == "not-supported")
                #expect(error.message.contains(refusal.message), "\(error)")
                #expect(error.hint?.contains(refusal.hint) == true, "\(error)")
            }
        }
    }

    @Test func listsContainersAsTheContractSays() throws {
        try onThrowawayHost {
            let name = "hostdev-list-\(getpid())"
            let made = try Engine.runc.start(name: name, layout: .hybrid)
            defer { made.stop() }
            try sh("mkdir -p /run/crun/broken; echo '{' > /run/crun/broken/status")
            let result = try Program.run("containers", "--format", "json")
            #expect(result.status == 0)
            #expect(result.errors.contains("/run/crun/broken/status"))
            let line = try #require(
                decode(Containers.self, result).containers.first { $0.reference == "oci:\(name)" })
            #expect((line.engine, line.name) == ("oci", name))
            #expect(line.pid == made.id)
            #expect(!line.userns)
            #expect(line.cgroup == "/\(name)")
            #expect(line.obstacles.isEmpty)
        }
    }

    /// What stands in the way of giving a container devices, in a word: `doctor` says more.
    @Test func listsWhatStandsInTheWay() throws {
        try onThrowawayHost {
            try sh("ip netns add blue")
            let name = "hostdev-list-\(getpid())-way"
            let made = try Engine.runc.start(name: name, layout: .hybrid)
            defer { made.stop() }
            try sh("nsenter --target \(made.id) --mount /bin/busybox mount -o remount,ro,bind none /dev")
            let containers = try decode(Containers.self, Program.run("containers", "--format", "json")).containers
            func obstacles(_ reference: String) -> [String] {
                containers.filter { $0.reference == reference }.flatMap(\.obstacles).map {
                    "\($0.property) \($0.verdict)"
                }
            }
            #expect(obstacles("netns:blue") == ["devices limited"])
            #expect(obstacles("oci:\(name)") == ["/dev missing"])
            #expect(try Program.run("containers").output.contains("/dev: is read-only"))
        }
    }
}
