import Glibc
import Timing

/// The throw-away host: the namespaces of this process, with state of engines that do not run.
struct Host {
    /// A container, as it is found.
    struct Container {
        let reference: String
        /// As the table calls it.
        let shown: String
        let process: pid_t
        /// Milliseconds that finding it may take.
        let limit: Double
    }

    init() {
        Command(
            shell: """
                mount --make-rprivate /; ip link set lo up
                # What is staged hides what the machine has.
                for folder in /run /var/lib /etc/vz; do [ -d $folder ] && mount -t tmpfs tmpfs $folder; done
                mkdir -p /run/netns
                """
        ).run()
    }

    /// An id as podman and docker have them.
    static func id(_ number: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: 64 - digits.count) + digits
    }

    /// One container of each engine.
    func stageOneOfEach() -> [Container] {
        let id = Self.id(777_777)
        let podman = crowd(1, Self.conmon(id, "only-podman"))[0]
        state("/run/crun/\(id)", process: podman)
        stagePodmanStore([])
        let runc = crowd(1)[0]
        state("/run/runc/only", process: runc)
        let docker = crowd(1)[0]
        state("/run/docker/runtime-runc/moby/\(id)", process: docker)
        stage("/var/lib/docker/containers/\(id)/config.v2.json", #"{"ID": "\#(id)", "Name": "/only-docker"}"#)
        let libvirt = crowd(1, ["/usr/libexec/libvirt_lxc", "--name", "only-libvirt"])[0]
        stage("/run/libvirt/lxc/only-libvirt.pid", "\(parent(of: libvirt))")
        let machine = crowd(1, ["systemd-nspawn", "-M", "only-machine"])[0]
        stage("/run/systemd/machines/only-machine", "CLASS=container\nSERVICE=systemd-nspawn\nLEADER=\(machine)")
        let nspawn = crowd(1, ["systemd-nspawn", "-M", "only-nspawn"])[0]
        stage("/run/systemd/nspawn/propagate/only-nspawn/there", "")
        let lxc = crowd(1, ["[lxc monitor] /var/lib/lxc only-lxc"])[0]
        stage("/var/lib/lxc/only-lxc/config", "")
        serve(Servers.lxc, "/var/lib/lxc/only-lxc", "\(lxc)")
        let lxd = crowd(1, ["[lxc monitor] /var/lib/lxd/containers only-lxd"])[0]
        serve(Servers.lxd, "/var/lib/lxd/unix.socket", "\(lxd)")
        return [
            Container(reference: "oci:only", shown: "oci:ID", process: runc, limit: 2),
            Container(reference: "podman:\(id)", shown: "podman:ID", process: podman, limit: 2),
            Container(reference: "podman:only-podman", shown: "podman:NAME", process: podman, limit: 2),
            Container(reference: "docker:\(id)", shown: "docker:ID", process: docker, limit: 2),
            Container(reference: "docker:only-docker", shown: "docker:NAME", process: docker, limit: .infinity),
            Container(reference: "lxc:only-lxc", shown: "lxc:NAME", process: lxc, limit: 2),
            Container(reference: "libvirt:only-libvirt", shown: "libvirt:NAME", process: libvirt, limit: 2),
            Container(reference: "machine:only-machine", shown: "machine:NAME", process: machine, limit: 2),
            Container(
                reference: "machine:only-nspawn", shown: "machine:NAME, not registered", process: nspawn,
                limit: .infinity),
            Container(reference: "lxd:only-lxd", shown: "lxd:NAME, over HTTP", process: lxd, limit: 10),
        ]
    }

    /// What there is of containers that do not run, for every engine that keeps anything. podman and docker take the
    /// runtime's state away when one stops; with runc alone it stays.
    func stageOnDisk(_ count: Int) {
        for number in 0..<count {
            state("/run/runc/stale\(number)", process: 4_194_303, started: 1)
            stage("/var/lib/docker/containers/\(Self.id(number))/config.v2.json", #"{"Name": "/stale\#(number)"}"#)
            stage("/run/libvirt/lxc/stale\(number).pid", "4194303")
            stage("/run/systemd/machines/stale\(number)", "CLASS=container\nSERVICE=systemd-nspawn\nLEADER=4194303")
            stage("/var/lib/lxc/stale\(number)/config", "")
        }
        stagePodmanStore((0..<count).map { (Self.id($0), "stale\($0)") })
    }

    /// As many of podman's and of runc's.
    func stageRunning(_ count: Int) {
        let podmans = crowd(count, Self.conmon("ID", "podmanNUMBER"), from: 10_000)
        for (number, process) in podmans.enumerated() {
            state("/run/crun/\(Self.id(10_000 + number))", process: process)
        }
        for (number, process) in crowd(count).enumerated() { state("/run/runc/running\(number)", process: process) }
    }

    private static let podmanStore = "/var/lib/containers/storage/overlay-containers"

    /// What podman's watcher is started with.
    private static func conmon(_ id: String, _ name: String) -> [String] {
        [
            "/usr/bin/conmon", "-c", id, "-b", "\(podmanStore)/\(id)/userdata", "-n", name, "--exit-command",
            "/usr/bin/podman",
        ]
    }

    /// podman's list of containers: those, and last the one that is looked for.
    private func stagePodmanStore(_ containers: [(id: String, name: String)]) {
        let filling = String(repeating: "0", count: 400)
        let entries = (containers + [(Self.id(777_777), "only-podman")]).map { id, name in
            #"{"id":"\#(id)","names":["\#(name)"],"image":"\#(filling)","metadata":"{\"name\":\"\#(name)\"}"}"#
        }
        stage("\(Self.podmanStore)/containers.json", "[\(entries.joined(separator: ","))]")
    }

    /// A state as runc keeps it.
    private func state(_ folder: String, process: pid_t, started: UInt64? = nil) {
        let mount = #"{"source": "tmpfs", "destination": "/dev/some/where", "flags": 16777218, "data": "mode=755"}"#
        let mounts = repeatElement(mount, count: 240).joined(separator: ", ")
        stage(
            "\(folder)/state.json",
            #"{"id": "x", "init_process_pid": \#(process), "init_process_start": \#(started ?? startTime(process)), "#
                + #""config": {"mounts": [\#(mounts)]}}"#)
    }
}
