internal import LinuxSystem
internal import SystemPackage

/// A unit of a systemd that is a process 1 of its own, on cgroup2 alone, and filters the unit's devices. For the guest only:
/// a systemd takes the machine it finds for its own.
public final class SystemdUnit: EngineContainer {
    /// Its only process, as the host numbers it.
    public let id: Int32
    private let group: String
    private let systemd: RunningCommand
    /// As the host numbers it.
    private let manager: Int32

    /// Starts systemd, and it the unit: a container as it were, with a root and a network namespace of its own.
    public init(_ name: String) throws {
        group = "/sys/fs/cgroup/\(name)"
        let root = try BusyboxRoot(name, owner: 0)
        try TestHost.sh(
            """
            mkdir \(group)
            mkdir /run/units
            cat > /run/units/box.service <<'END'
            [Unit]
            DefaultDependencies=no
            [Service]
            ExecStart=/bin/sleep 1000000
            RootDirectory=\(root.path)
            PrivateNetwork=yes
            DevicePolicy=strict
            DeviceAllow=/dev/null rwm
            Slice=-.slice
            END
            printf '[Unit]\\nDefaultDependencies=no\\nRequires=box.service\\n' > /run/units/box.target
            """)
        systemd = try RunningCommand([
            "sh", "-ec",
            """
            echo 0 > \(group)/cgroup.procs
            exec unshare --cgroup --pid --fork --mount --mount-proc --uts --ipc --kill-child sh -ec '
                umount -R -l /sys/fs/cgroup
                mount -t cgroup2 cgroup2 /sys/fs/cgroup
                exec env -i container=other PATH="$PATH" SYSTEMD_LOG_TARGET=null \
                    SYSTEMD_UNIT_PATH=/run/systemd/system.control:/run/units \
                    /lib/systemd/systemd --system --unit=box.target --show-status=0'
            """,
        ])
        // Until it has become the program it is systemd's child, with systemd's files.
        try until("grep -qx sleep /proc/$(cat \(group)/box.service/cgroup.procs)/comm")
        id = Int32(try TestHost.sh("cat \(group)/box.service/cgroup.procs").filter(\.isNumber)) ?? 0
        manager = Int32(try TestHost.sh("head -n 1 \(group)/init.scope/cgroup.procs").filter(\.isNumber)) ?? 0
    }

    /// Runs a program in its namespaces and its control group.
    public func run(_ command: [String]) throws -> CommandResult {
        let script = "echo 0 > \(group)/box.service/cgroup.procs; exec nsenter --target \(id) --all -- \"$@\""
        return try TestHost.run(["sh", "-ec", script, "sh"] + command)
    }

    /// Runs the program as on a host of which this systemd is the process 1. There the unit is `insideReference`.
    public func hostdev(_ arguments: String..., environment: [String: String] = [:]) throws -> CommandResult {
        let script =
            "echo 0 > \(group)/init.scope/cgroup.procs; exec nsenter --target \(manager) --mount --pid --cgroup \"$@\""
        return try TestHost.run(
            ["sh", "-ec", script, "sh", Program.path] + arguments, environment: environment)
    }

    /// Its name on that host.
    public var insideReference: String {
        get throws { "pid:" + (try TestHost.sh("awk '/^NSpid/ { printf $NF }' /proc/\(id)/status")) }
    }

    /// What systemd says that it may use, sorted: `/dev/null rwm`.
    public var devices: [String] {
        get throws {
            try TestHost.sh("\(systemctl) show --property=DeviceAllow --value box.service").split(separator: "\n")
                .map(String.init).sorted()
        }
    }

    /// The control group that is the top of the hierarchy for that systemd.
    public var top: String { group }

    /// Has systemd read its units again, and with them attach its device programs again.
    public func reload() throws {
        try TestHost.sh("\(systemctl) daemon-reload")
    }

    /// Has systemd allow another device, and attach its program again for that.
    public func change() throws {
        try TestHost.sh("\(systemctl) set-property --runtime box.service 'DeviceAllow=/dev/full r'")
    }

    private var systemctl: String { "nsenter --target \(manager) --mount --pid --cgroup systemctl" }

    /// Ends systemd, and with it the unit.
    public func stop() {
        _ = try? TestHost.sh("echo 1 > \(group)/cgroup.kill")
        systemd.end()
        _ = try? TestHost.sh(
            "for n in $(seq 200); do find \(group) -depth -type d -exec rmdir {} + && break; sleep 0.05; done")
    }

    deinit { stop() }
}
