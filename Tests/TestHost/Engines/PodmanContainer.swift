/// A container of podman's, of a root directory, or of an image that is made of that: none is pulled. podman keeps all
/// that it knows on the throw-away host's `/run`.
public final class PodmanContainer: EngineContainer {
    /// Its init process, as the host numbers it.
    public let id: Int32
    /// podman's own id of it.
    public let fullID: String?
    private let name: String
    /// One that has had another name before may still run.
    private let group: String
    private static let podman = [
        "podman", "--root", "/run/podman-test/root", "--runroot", "/run/podman-test/run", "--tmpdir",
        "/run/podman-test/tmp", "--cgroup-manager", "cgroupfs", "--runtime", "runc", "--events-backend", "none",
        "--storage-driver", "vfs",
    ]

    /// Starts one of an image, as people do.
    public convenience init(ofImage name: String) throws {
        let root = try BusyboxRoot(name, owner: 0)
        let podman = Self.podman.joined(separator: " ")
        try TestHost.sh(
            "tar --create --directory \(root.path) . | \(podman) import - hostdev-test:1; rm -r \(root.path)")
        try self.init(name, ["hostdev-test:1"])
    }

    convenience init(_ name: String, _ root: BusyboxRoot, _ userNamespace: Bool) throws {
        let maps = userNamespace ? ["--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536"] : []
        try self.init(name, maps + ["--rootfs", root.path])
    }

    /// Starts one in its own part of the machine's control groups.
    private init(_ name: String, _ options: [String]) throws {
        self.name = name
        group = "\(name)-\(UInt16.random(in: 0 ... .max))"
        // podman would raise limits, which root of a confined machine may not.
        let made = try TestHost.run(
            Self.podman + [
                "run", "--detach", "--name", name, "--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit",
                "nproc=1024:1024", "--cgroup-parent", "/\(group)",
            ] + options + ["/bin/sleep", "1000000"])
        guard made.status == 0 else { throw CommandFailed(result: made) }
        fullID = made.output.filter(\.isHexDigit)
        let found = try TestHost.run(Self.podman + ["inspect", "--format", "{{.State.Pid}}", name])
        id = Int32(found.output.filter(\.isNumber)) ?? 0
    }

    /// Runs a program inside, as podman does.
    public func run(_ command: [String]) throws -> CommandResult {
        try TestHost.run(Self.podman + ["exec", fullID ?? name] + command)
    }

    /// Gives it another name.
    public func rename(to name: String) throws {
        let made = try TestHost.run(Self.podman + ["rename", fullID ?? self.name, name])
        guard made.status == 0 else { throw CommandFailed(result: made) }
    }

    /// Removes it.
    public func stop() {
        _ = try? TestHost.run(Self.podman + ["rm", "--force", "--time", "0", fullID ?? name])
        _ = try? TestHost.run([
            "sh", "-c",
            """
            # conmon is in one of them until somebody has waited for its end, which is the machine's init.
            for group in /sys/fs/cgroup/\(group) /sys/fs/cgroup/*/\(group); do
                for n in $(seq 3000); do
                    [ -e $group ] && ! find $group -depth -type d -exec rmdir {} + 2>/dev/null && sleep 0.02 || break
                done
            done
            """,
        ])
    }

    deinit { stop() }
}
