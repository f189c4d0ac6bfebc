internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A container of docker's, with a dockerd of its own on the throw-away host, whose image is made of a root directory. It
/// needs control groups of version 1 alone: ``ControlGroupLayout/version1``.
final class DockerContainer: EngineContainer {
    /// Its init process, as the host numbers it.
    let id: Int32
    let fullID: String?
    private let name: String
    private let daemon: RunningCommand

    /// Starts the daemon and one container.
    init(_ name: String, _ root: BusyboxRoot, _ userNamespace: Bool) throws {
        self.name = name
        try TestHost.sh(
            """
            mkdir -p /run/docker-test && cd /run/docker-test
            printf '%s:100000:65536\\n' nobody nogroup > ids
            for file in subuid subgid; do mount --bind ids /etc/$file; done
            """)
        daemon = try RunningCommand(
            [
                "dockerd", "--iptables=false", "--bridge=none", "--storage-driver=vfs",
                "--data-root=/run/docker-test/data", "--exec-root=/run/docker", "--pidfile=/run/docker-test/pid",
            ] + (userNamespace ? ["--userns-remap=nobody:nogroup"] : []))
        try until("docker version > /dev/null 2>&1 || ! [ -e /proc/\(daemon.id)/fd/0 ]")
        // docker would raise a limit, which root of a confined machine may not.
        let made = try TestHost.run([
            "sh", "-ec",
            """
            tar -C \(root.path) --owner 0 --group 0 -c . | docker import - root > /dev/null
            docker run --detach --name \(name) --network none --cgroup-parent /\(name) --ulimit nofile=1024:1024 root \
                /bin/sleep 1000000
            """,
        ])
        guard made.status == 0 else {
            daemon.end()
            throw CommandFailed(result: made)
        }
        fullID = made.output.filter(\.isHexDigit)
        let found = try TestHost.run(["docker", "inspect", "--format", "{{.State.Pid}}", name])
        id = Int32(found.output.filter(\.isNumber)) ?? 0
    }

    /// Runs a program inside, as docker does.
    func run(_ command: [String]) throws -> CommandResult {
        try TestHost.run(["docker", "exec", name] + command)
    }

    /// Removes it, and ends the daemon.
    func stop() {
        _ = try? TestHost.run(["docker", "rm", "--force", name])
        // Asked to end, it ends its containerd too.
        kill(daemon.id, SIGTERM)
        _ = try? daemon.wait()
        _ = try? TestHost.run(["sh", "-c", "rmdir /sys/fs/cgroup/\(name) /sys/fs/cgroup/*/\(name) 2> /dev/null"])
    }

    deinit { stop() }
}
