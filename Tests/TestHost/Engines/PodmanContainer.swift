/// A container of podman's, of a root directory: no image is pulled. podman keeps all that it knows on the throw-away
/// host's `/run`.
final class PodmanContainer: EngineContainer {
    /// Its init process, as the host numbers it.
    let id: Int32
    let fullID: String?
    private let name: String
    private static let podman = [
        "podman", "--root", "/run/podman-test/root", "--runroot", "/run/podman-test/run", "--tmpdir",
        "/run/podman-test/tmp", "--cgroup-manager", "cgroupfs", "--runtime", "runc", "--events-backend", "none",
        "--storage-driver", "vfs",
    ]

    /// Starts one in its own part of the machine's control groups.
    init(_ name: String, _ root: BusyboxRoot, _ userNamespace: Bool) throws {
        self.name = name
        let maps = userNamespace ? ["--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536"] : []
        // podman would raise limits, which root of a confined machine may not.
        let made = try TestHost.run(
            Self.podman + [
                "run", "--detach", "--name", name, "--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit",
                "nproc=1024:1024", "--cgroup-parent", "/\(name)",
            ] + maps + ["--rootfs", root.path, "/bin/sleep", "1000000"])
        guard made.status == 0 else { throw CommandFailed(result: made) }
        fullID = made.output.filter(\.isHexDigit)
        let found = try TestHost.run(Self.podman + ["inspect", "--format", "{{.State.Pid}}", name])
        id = Int32(found.output.filter(\.isNumber)) ?? 0
    }

    /// Runs a program inside, as podman does.
    func run(_ command: [String]) throws -> CommandResult {
        try TestHost.run(Self.podman + ["exec", name] + command)
    }

    /// Removes it.
    func stop() {
        _ = try? TestHost.run(Self.podman + ["rm", "--force", "--time", "0", name])
        _ = try? TestHost.run([
            "sh", "-c",
            """
            # conmon is in one of them until somebody has waited for its end, which is the machine's init.
            for group in /sys/fs/cgroup/\(name) /sys/fs/cgroup/*/\(name); do
                for n in $(seq 3000); do
                    [ -e $group ] && ! find $group -depth -type d -exec rmdir {} + 2>/dev/null && sleep 0.02 || break
                done
            done
            """,
        ])
    }

    deinit { stop() }
}
