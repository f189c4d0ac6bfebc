import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import Containers

/// What engines say is not believed where the kernel says something else.
@Suite struct CertaintyTests {
    private func refusal(_ reference: String) throws -> ContainerError {
        try #require(
            throws: ContainerError.self, performing: { _ = try Containers.container(ContainerReference(reference)) })
    }

    private func process(_ reference: String) throws -> Int32? {
        try Containers.container(ContainerReference(reference)).process?.id
    }

    @Test func aBrokenStateHidesNoOthers() throws {
        try onThrowawayHost {
            let made = try TestContainer()
            try Staged.runc("/run/runc/good", process: made.id, start: Staged.startTime(made.id))
            try Staged.write("/run/runc/broken/state.json", #"{"init_process_pid": 12"#)
            try Staged.write("/run/crun/empty/status", "")
            try sh("mkdir -p /run/incus; touch /run/incus/unix.socket")
            #expect(try refusal("oci:broken").code == .engine)
            let running = Containers.running()
            #expect(running.containers.map(\.reference.description).contains("oci:good"))
            #expect(running.problems.filter { $0.description.contains("/run/runc/broken/state.json") }.count == 1)
            #expect(running.problems.filter { $0.description.contains("/run/crun/empty/status") }.count == 1)
        }
    }

    @Test func oneIDInTwoRootsIsAmbiguous() throws {
        try onThrowawayHost {
            let (one, other) = (try TestContainer(), try TestContainer())
            try Staged.runc("/run/runc/web", process: one.id, start: Staged.startTime(one.id))
            try Staged.runc("/run/containerd/runc/k8s.io/web", process: other.id, start: Staged.startTime(other.id))
            for reference in ["oci:web", "web"] {
                let error = try refusal(reference)
                #expect(error.code == .ambiguous)
                #expect(
                    error.description.contains("oci:/run/runc/web, oci:/run/containerd/runc/k8s.io/web"), "\(error)")
            }
            #expect(try process("oci:/run/containerd/runc/k8s.io/web") == other.id)
            let listed = Containers.running().containers.map(\.reference.description)
            #expect(listed.contains("oci:/run/runc/web") && listed.contains("oci:/run/containerd/runc/k8s.io/web"))
        }
    }

    @Test func aBareNameOfTwoEnginesIsAmbiguous() throws {
        try onThrowawayHost {
            let made = try TestContainer()
            try Staged.runc("/run/runc/web", process: made.id, start: Staged.startTime(made.id))
            #expect(try process("web") == made.id)
            try sh("ip netns add web")
            let error = try refusal("web")
            #expect(error.code == .ambiguous)
            #expect(error.description.contains("oci:web") && error.description.contains("netns:web"), "\(error)")
        }
    }

    /// youki notes the process, but not when it started: the control group has to be the container's.
    @Test func readsYoukisState() throws {
        try onThrowawayHost {
            let made = try TestContainer()
            let membership = try readText(processFile(made.id, "cgroup"))
            let group = try #require(membership.split(separator: "\n").last?.split(separator: ":").last)
            let state =
                #"{"ociVersion": "1.0.2", "id": "web", "status": "running", "pid": \#(made.id), "bundle": "/b"}"#
            for (name, path) in [("web", group + "/nowhere"), ("elsewhere", "/youki/elsewhere")] {
                try Staged.write("/run/youki/\(name)/state.json", state)
                try Staged.write("/run/youki/\(name)/youki_config.json", #"{"hooks": null, "cgroup_path": "\#(path)"}"#)
                #expect(try refusal("oci:\(name)").description.contains("not in the control group"))
            }
            if group.count > 1 {
                try Staged.write("/run/youki/web/youki_config.json", #"{"hooks": null, "cgroup_path": "\#(group)"}"#)
                #expect(try process("oci:web") == made.id)
            }
        }
    }

    /// docker's names and ids, with a `--data-root` of its own.
    @Test func readsDockersState() throws {
        try onThrowawayHost {
            let made = [try TestContainer(), try TestContainer()]
            let ids = ["ab1", "ab2"].map { $0 + String(repeating: "0", count: 61) }
            for (container, (id, name)) in zip(made, zip(ids, ["web", "db"])) {
                let mounts =
                    #", "config": {"mounts": [{"source": "proc"}, {"destination": "/etc/hosts", "source": "/run/data/containers/\#(id)/hosts"}]}"#
                try Staged.runc(
                    "/run/docker/runtime-runc/moby/\(id)", process: container.id,
                    start: Staged.startTime(container.id), more: mounts)
                try Staged.write("/run/data/containers/\(id)/config.v2.json", #"{"Name": "/\#(name)", "ID": "\#(id)"}"#)
            }
            for name in ["docker:web", "docker:\(ids[0])", "docker:ab1", "web"] {
                #expect(try process(name) == made[0].id)
            }
            let found = try Containers.container(ContainerReference("docker:ab1")).reference.description
            #expect(found == "docker:web")
            #expect(try process("docker:db") == made[1].id)
            let error = try refusal("docker:ab")
            #expect(error.code == .ambiguous)
            #expect(error.description.contains("docker:web (ab1000000000), docker:db (ab2000000000)"), "\(error)")
            #expect(try refusal("docker:none").code == .noSuchContainer)
            let names = Containers.running().containers.filter { $0.reference.engine == "docker" }.map(\.reference.name)
            #expect(names.sorted() == ["db", "web"])
        }
    }

    /// No LXD and no Incus runs here: a server that is neither answers as they do.
    @Test func asksInstanceServers() throws {
        let (engine, socket, folder) = ("incus", "/run/incus/unix.socket", "/var/lib/incus")
        try onThrowawayHost {
            let real = try Staged.child(of: "[lxc monitor] \(folder)/containers web")
            let project = try Staged.child(of: "[lxc monitor] \(folder)/containers lab_web")
            let other = try TestContainer()
            func state(_ id: Int32) -> String { #"{"type": "sync", "metadata": {"status": "Running", "pid": \#(id)}}"# }
            try Staged.write("/run/answers/1.0_instances_web_state", state(real.id))
            try Staged.write("/run/answers/1.0_instances_liar_state", state(other.id))
            try Staged.write("/run/answers/1.0_instances_stopped_state", state(0))
            try Staged.write(
                "/run/answers/1.0_instances_odd_state", #"{"type": "error", "error": "no space", "error_code": 500}"#)
            try Staged.write(
                "/run/answers/1.0_instances",
                #"""
                {"type": "sync", "metadata": [
                  {"name": "web", "type": "container", "project": "default", "state": {"pid": \#(real.id)}},
                  {"name": "web", "type": "container", "project": "lab", "state": {"pid": \#(project.id)}},
                  {"name": "liar", "type": "container", "project": "default", "state": {"pid": \#(other.id)}},
                  {"name": "vm", "type": "virtual-machine", "project": "default", "state": {"pid": \#(other.id)}},
                  {"name": "stopped", "type": "container", "project": "default", "state": {"pid": 0}}]}
                """#)
            let server = try Staged.fakeInstanceServer(socket, folder: "/run/answers")
            #expect(try process("\(engine):web") == real.id)
            #expect(try refusal("\(engine):liar").description.contains("no child of the monitor of liar"))
            #expect(try refusal("\(engine):stopped").description.contains("names process 0"))
            #expect(try refusal("\(engine):none").description.contains("no such instance"))
            #expect(try refusal("\(engine):odd").code == .engine)
            #expect(try refusal("\(engine):../../1.0/x").code == .noSuchContainer)
            let listed = Containers.running().containers.filter { $0.reference.engine == engine }
            #expect(listed.map(\.reference.name) == ["web", "lab/web"])
            #expect(listed.map(\.process) == [real.id, project.id])

            // What is no answer is no container's absence.
            let rubbish = [
                "", "rubbish", "SSH-2.0-x\r\n\r\n{}", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n{\"metadata\": {\"pid\": \(real.id)",
                "HTTP/1.1 200 OK\r\n\r\n{\"metadata\": {\"pid\": \"\(real.id)\"}}",
                "HTTP/1.1 200 OK\r\n\r\n{\"metadata\": {\"pid\": 4294967296\(real.id)}}",
                "HTTP/1.1 200 OK\r\n\r\n{\"metadata\": null}", "HTTP/1.1 200 OK\r\n\r\n[[[[{}]]]]",
            ]
            for (number, text) in rubbish.enumerated() {
                let file = try RunningCommand(
                    ["sh", "-c", "cat > /run/answers/1.0_instances_bad\(number)_state.raw"], input: text)
                #expect(try file.wait().status == 0)
                #expect(try refusal("\(engine):bad\(number)").code == .engine, "\(text)")
            }
            try Staged.write("/run/answers/1.0_instances_negative_state", state(-real.id))
            #expect(try refusal("\(engine):negative").code == .noSuchContainer)
            #expect(try refusal("\(engine):drip").code == .engine)

            // Nor is one that does not come.
            kill(server.id, SIGSTOP)
            #expect(try refusal("\(engine):web").code == .engine)
            let running = Containers.running()
            #expect(running.problems.contains { $0.description.contains("\(engine) cannot be asked") })
            #expect(running.containers.contains { $0.process == other.id })
            let bare = try refusal("web")
            #expect(bare.code == .engine && bare.description.contains("ENGINE:web"), "\(bare)")
            server.end()
            #expect(try refusal("\(engine):web").description.contains("no daemon"))
        }
    }
}
