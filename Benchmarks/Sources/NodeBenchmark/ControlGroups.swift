import CNamespaces
import Glibc
import Timing

/// What the benchmark sees of control groups. It begins with both versions, as the machine has them, and changes its own
/// mount namespace.
enum ControlGroups {
    static func requireBoth() {
        guard access("/sys/fs/cgroup/devices", F_OK) == 0, access("/sys/fs/cgroup/unified", F_OK) == 0 else {
            fatalError("this needs a host with control groups of both versions")
        }
    }

    /// Version 1 alone, which libvirt needs.
    static func showVersion1() {
        Command(shell: "umount -l /sys/fs/cgroup/unified").run()
    }

    /// cgroup2 alone, with a group of the benchmark's own at its top: whatever is attached there goes with that group.
    static func showVersion2() {
        Command(
            shell: """
                umount -R -l /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup
                mkdir -p /sys/fs/cgroup/hostdev-benchmark && echo \(getpid()) > /sys/fs/cgroup/hostdev-benchmark/cgroup.procs
                """
        ).run()
        guard unshare(control_group_namespace) == 0 else { fatalError("there is no namespace of control groups") }
        Command(shell: "umount /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup").run()
    }
}
