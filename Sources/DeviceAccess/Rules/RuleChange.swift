public import SystemPackage

/// One change that lets a control group use a device: all that is needed to make it, and to revoke it later in another
/// process. ``DeviceRules`` plans, applies and revokes them.
///
/// The rule holds what the change adds, not what was there before: revoking the same bits restores just that.
public struct RuleChange: Hashable, Sendable, CustomStringConvertible {
    /// The tag of the way to allow a device: `exception` for control groups of version 1, `override`, `request`, `unit`,
    /// `entry`, `patch`. Records contain it, so it never changes.
    public let means: String
    /// The directory of the control group; of an override, where the hierarchy is mounted.
    public let directory: FilePath
    /// The inode number of the group's directory, which tells the group from a later one of the same name. On cgroup2 it is
    /// the group's id.
    public let group: UInt64
    /// What the change adds.
    public let rule: DeviceRule

    /// A change from its parts, as a record holds them. Returns nil for a tag that names no way.
    public init?(means: String, directory: FilePath, group: UInt64, rule: DeviceRule) {
        guard DeviceRules.means(of: means) != nil else { return nil }
        self.means = means
        self.directory = directory
        self.group = group
        self.rule = rule
    }

    init(_ means: (some RuleMeans).Type, in directory: FilePath, group: UInt64, _ rule: DeviceRule) {
        self.means = means.tag
        self.directory = directory
        self.group = group
        self.rule = rule
    }

    /// How it is made, for people: `an exception in /sys/fs/cgroup/devices/lxc.payload.web`.
    public var method: String { DeviceRules.means(of: means)?.method(of: self) ?? means }

    /// `c 21:3 rw in /sys/fs/cgroup/devices/lxc.payload.web`.
    public var description: String {
        DeviceRules.means(of: means)?.description(of: self) ?? "\(rule) in \(directory)"
    }
}
