/// LXC's folder on a throw-away host, with a container that does not run.
public enum LXCHost {
    /// Where LXC keeps containers there.
    public static let path = "/run/lxc-containers"

    /// The configuration of a container with a root of its own, without interfaces, that is allowed only `/dev/null`.
    public static func config(root: String) -> String {
        """
        lxc.uts.name = container
        lxc.rootfs.path = dir:\(root)
        lxc.init.cmd = /bin/sleep 1000000
        lxc.apparmor.profile = unconfined
        lxc.mount.auto = proc:mixed sys:mixed
        lxc.autodev = 1
        lxc.pty.max = 4
        lxc.tty.max = 0
        lxc.net.0.type = empty
        lxc.cgroup.devices.deny = a
        lxc.cgroup.devices.allow = c 1:3 rwm
        lxc.cgroup2.devices.deny = a
        lxc.cgroup2.devices.allow = c 1:3 rwm

        """
    }

    /// The same with a root of busybox.
    public static func config(named name: String) throws -> String {
        config(root: try BusyboxRoot(name, owner: 0).path)
    }

    /// Writes a container's configuration, byte for byte.
    public static func configure(_ name: String, _ config: String) throws {
        let script = "mkdir -p \(path)/\(name); cat > \(path)/\(name)/config"
        let result = try run(["sh", "-ec", script], input: config)
        guard result.status == 0 else { throw CommandFailed(result: result) }
    }

    /// A container's configuration as it is now.
    public static func config(_ name: String) throws -> String { try sh("cat \(path)/\(name)/config") }

    /// Starts a container from the configuration that it has, and waits until it runs.
    public static func start(_ name: String) throws -> Running {
        try sh("cd \(path)/\(name); lxc-start -P \(path) -n \(name) -l INFO -o log || { grep ERROR log >&2; exit 1; }")
        return Running(name: name)
    }

    /// A container that runs. It stops at the latest when this goes.
    public final class Running: Sendable {
        private let name: String
        fileprivate init(name: String) { self.name = name }

        /// Runs a shell script that must work inside, and returns its standard output.
        public func sh(_ script: String) throws -> String {
            let command = ["lxc-attach", "-P", path, "-n", name, "--", "/bin/sh", "-ec", script]
            let result = try run(command)
            guard result.status == 0 else { throw CommandFailed(result: result) }
            return result.output
        }

        /// Ends it, and takes away what LXC made for it.
        public func stop() {
            _ = try? run(["lxc-stop", "-P", path, "-n", name, "-k"])
            // LXC leaves the group that it enters to remove the others.
            _ = try? run(["sh", "-c", "rmdir /sys/fs/cgroup/lxc.pivot /sys/fs/cgroup/*/lxc.pivot"])
        }

        deinit { stop() }
    }
}
