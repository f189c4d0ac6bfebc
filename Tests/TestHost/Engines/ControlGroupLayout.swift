internal import LinuxSystem

/// What an engine sees of control groups.
public enum ControlGroupLayout: String, CaseIterable, Sendable {
    /// Version 1, its `devices` hierarchy with it, and beside it cgroup2 as it is on the machine.
    case hybrid
    /// Version 1 alone.
    case version1
    /// cgroup2 alone, at `/sys/fs/cgroup`: engines filter devices by programs.
    case unified

    /// Gives the calling thread's throw-away host this layout, on a machine that has both versions.
    public func enter() throws {
        switch self {
        case .hybrid: break
        case .version1: try sh("umount -l /sys/fs/cgroup/unified")
        case .unified: try sh("umount -R -l /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup")
        }
    }
}
