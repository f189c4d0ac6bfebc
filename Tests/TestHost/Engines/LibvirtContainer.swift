internal import LinuxSystem
internal import SystemPackage

/// A container of libvirt's LXC driver, with a libvirtd of its own on the throw-away host. It needs control groups of one
/// version alone, with a controller for memory: ``ControlGroupLayout/version1``, or a guest's.
public final class LibvirtContainer: EngineContainer {
    /// Its init process, as the host numbers it.
    public let id: Int32
    private let name: String
    private let daemon: RunningCommand

    /// Starts the daemon and one container.
    init(_ name: String, _ root: BusyboxRoot, _ userNamespace: Bool) throws {
        self.name = name
        let maps = ["uid", "gid"].map { "<\($0) start='0' target='100000' count='65536'/>" }.joined()
        // Of the daemon's drivers only that of LXC is left: others want users, and look for machines to run.
        try TestHost.sh(
            """
            mkdir -p /run/libvirt-test/drivers
            for folder in /var/lib/libvirt /var/log/libvirt /etc/libvirt; do mount -t tmpfs tmpfs $folder; done
            drivers=$(dirname "$(find /usr/lib -name libvirt_driver_lxc.so)")
            cp "$drivers"/libvirt_driver_lxc.so /run/libvirt-test/drivers
            mount --bind /run/libvirt-test/drivers "$drivers"
            cat > /run/libvirt-test/domain.xml <<'END'
            <domain type='lxc'>
              <name>\(name)</name>
              <memory unit='MiB'>64</memory>
              <os><type>exe</type><init>/bin/sleep</init><initarg>1000000</initarg></os>
              \(userNamespace ? "<idmap>\(maps)</idmap>" : "")
              <features><privnet/></features>
              <devices>
                <filesystem type='mount'><source dir='\(root.path)'/><target dir='/'/></filesystem>
                <console type='pty'/>
              </devices>
            </domain>
            END
            """)
        daemon = try RunningCommand(["libvirtd"])
        try until("virsh -c lxc:/// list || ! [ -e /proc/\(daemon.id)/fd/0 ]")
        let made = try TestHost.run(["virsh", "-c", "lxc:///", "create", "/run/libvirt-test/domain.xml"])
        guard made.status == 0 else { throw CommandFailed(result: made) }
        let controller = try readText(FilePath("/run/libvirt/lxc/\(name).pid")).filter(\.isNumber)
        let children = try readText(FilePath("/proc/\(controller)/task/\(controller)/children"))
        id = Int32(children.filter(\.isNumber)) ?? 0
    }

    /// libvirt's own way does not become root of a user namespace.
    public func run(_ command: [String]) throws -> CommandResult {
        let filter: FilePath = "/sys/fs/cgroup/devices"
        return try runInside(id, command, joining: [(try? FileStatus.of(filter)) == nil ? "/sys/fs/cgroup" : filter])
    }

    /// Gives it a device of the host's by libvirt's means, under its own name.
    public func attachDevice(_ node: String) throws {
        let document = """
            <hostdev mode='capabilities' type='storage'><source><block>\(node)</block></source></hostdev>
            """
        // The controller tells the daemon of the init process when the container has started already.
        try TestHost.sh(
            """
            cd /run/libvirt-test; echo "\(document)" > device.xml
            until virsh -c lxc:/// attach-device \(name) device.xml 2> error; do
                grep -q 'init PID is known' error || { cat error >&2; exit 1; }
                sleep 0.1
            done
            """)
    }

    /// Ends it, and the daemon.
    public func stop() {
        _ = try? TestHost.run(["virsh", "-c", "lxc:///", "destroy", name])
        daemon.end()
        _ = try? TestHost.run(["sh", "-c", "rmdir /sys/fs/cgroup/*/machine 2>/dev/null"])
    }

    deinit { stop() }
}
