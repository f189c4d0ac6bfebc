internal import LinuxSystem
public import SystemPackage

/// One change that lets a control group use a device: everything that is needed to make it, and to take it back later
/// in another process.
///
/// The rule holds what the change adds, not what was there before: taking back the same bits restores just that.
public enum Grant: Hashable, Sendable, CustomStringConvertible {
    /// An exception in a group of the version 1 `devices` hierarchy. The directory's inode number tells the group from
    /// a later one of the same name.
    case exception(group: FilePath, inode: UInt64, rule: DeviceRule)
    /// An entry in the table of the program at the top of a cgroup2 hierarchy: `hierarchy` is where that is mounted,
    /// `id` the group's, the inode number of its directory.
    case override(hierarchy: FilePath, id: UInt64, rule: DeviceRule)
    /// A request to the owner of a cgroup2 group, which changes its own program.
    case request(group: FilePath, inode: UInt64, rule: DeviceRule)
    /// An entry in the list of devices of the systemd unit that a cgroup2 group is of.
    case unit(group: FilePath, inode: UInt64, rule: DeviceRule)
    /// An entry in the table of the program that the owner of a cgroup2 group has attached to it.
    case entry(group: FilePath, inode: UInt64, rule: DeviceRule)
    /// Instructions in front of the programs that the owner of a cgroup2 group has attached to it, and to those above it
    /// that are the container's alone.
    case patch(group: FilePath, inode: UInt64, rule: DeviceRule)

    /// What it adds.
    public var rule: DeviceRule {
        switch self {
        case .exception(_, _, let rule), .override(_, _, let rule), .entry(_, _, let rule),
            .request(_, _, let rule), .unit(_, _, let rule), .patch(_, _, let rule):
            rule
        }
    }

    /// `c 21:3 rw in /sys/fs/cgroup/devices/lxc.payload.web`.
    public var description: String {
        switch self {
        case .exception(let group, _, let rule): "\(rule) in \(group)"
        case .request(let group, _, let rule): "\(rule) in \(group), by its owner"
        case .unit(let group, _, let rule): "\(rule) in the unit of \(group)"
        case .entry(let group, _, let rule): "\(rule) in the table of \(group)"
        case .patch(let group, _, let rule): "\(rule) in the programs of \(group)"
        case .override(let hierarchy, let id, let rule): "\(rule) for group \(id) below \(hierarchy)"
        }
    }
}
