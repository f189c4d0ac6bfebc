internal import LinuxSystem
internal import SystemPackage

/// A container of LXC's.
final class LXCContainer: EngineContainer {
    /// Where LXC keeps the containers of the throw-away host.
    static let path = "/run/lxc-containers"

    let id: Int32
    private let name: String

    init(_ name: String, _ root: BusyboxRoot, _ userNamespace: Bool) throws {
        self.name = name
        let maps = ["u", "g"].map { "lxc.idmap = \($0) 0 100000 65536" }.joined(separator: "\n")
        try TestHost.sh(
            """
            mkdir -p \(Self.path)/\(name) && cd \(Self.path)/\(name)
            cat > config <<'END'
            lxc.uts.name = container
            lxc.rootfs.path = dir:\(root.path)
            lxc.init.cmd = /bin/sleep 1000000
            lxc.apparmor.profile = unconfined
            lxc.mount.auto = proc:mixed sys:mixed
            lxc.autodev = 1
            lxc.pty.max = 4
            lxc.tty.max = 0
            lxc.net.0.type = empty
            \(userNamespace ? maps : "")
            lxc.cgroup.devices.deny = a
            lxc.cgroup.devices.allow = c 1:3 rwm
            lxc.cgroup2.devices.deny = a
            lxc.cgroup2.devices.allow = c 1:3 rwm
            END
            lxc-start -P \(Self.path) -n \(name) -l INFO -o log || { grep ERROR log >&2; exit 1; }
            """)
        let text = try TestHost.sh("lxc-info -P \(Self.path) -n \(name) -pH")
        id = Int32(text.filter(\.isNumber)) ?? 0
    }

    func run(_ command: [String]) throws -> CommandResult {
        try TestHost.run(["lxc-attach", "-P", Self.path, "-n", name, "--"] + command)
    }

    /// Changes a value of its control group, by way of its monitor.
    func setControl(_ file: String, _ value: String) throws {
        try TestHost.sh("lxc-cgroup -P \(Self.path) -n \(name) \(file) '\(value)'")
    }

    func stop() {
        _ = try? TestHost.run(["lxc-stop", "-P", Self.path, "-n", name, "-k"])
        // LXC leaves the group that it enters to remove the others.
        _ = try? TestHost.run(["sh", "-c", "rmdir /sys/fs/cgroup/lxc.pivot /sys/fs/cgroup/*/lxc.pivot"])
    }

    deinit { stop() }
}
