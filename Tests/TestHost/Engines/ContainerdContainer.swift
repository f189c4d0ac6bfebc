internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A container of containerd's, started by `ctr` from a root directory and runc's configuration, with a containerd of its
/// own on the throw-away host.
final class ContainerdContainer: EngineContainer {
    let id: Int32
    private let name: String
    private let daemon: RunningCommand

    init(_ name: String, _ root: BusyboxRoot, _ userNamespace: Bool) throws {
        self.name = name
        try TestHost.sh(
            """
            mkdir -p /run/containerd-test && cd /run/containerd-test
            cat > config.toml <<'END'
            version = 2
            root = "/run/containerd-test/root"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            END
            cat > config.json <<'END'
            \(OCIContainer.configuration(name, root.path, userNamespace))
            END
            """)
        daemon = try RunningCommand(["containerd", "--config", "/run/containerd-test/config.toml"])
        try until("ctr version > /dev/null 2>&1 || ! [ -e /proc/\(daemon.id)/fd/0 ]")
        let made = try TestHost.run([
            "ctr", "run", "--detach", "--config", "/run/containerd-test/config.json", name,
        ])
        guard made.status == 0 else {
            daemon.end()
            throw CommandFailed(result: made)
        }
        let pid = try readText(FilePath("/run/containerd/io.containerd.runtime.v2.task/default/\(name)/init.pid"))
        id = Int32(pid.filter(\.isNumber)) ?? 0
    }

    func run(_ command: [String]) throws -> CommandResult {
        try TestHost.run(["ctr", "task", "exec", "--exec-id", "\(UInt32.random(in: 0...UInt32.max))", name] + command)
    }

    /// The shim between containerd and the container ends with its task.
    func stop() {
        _ = try? TestHost.run(["ctr", "task", "rm", "--force", name])
        daemon.end()
    }

    deinit { stop() }
}
