@testable import LinuxSystem

/// Checks one input, the text of a `/proc/PID/cgroup`, and behind a `#` that of a `mountinfo`: every way through the mounts
/// must end, and of those in one place at most one can be the visible one.
func checkMounts(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: UInt8(ascii: "#"), maxSplits: 1, omittingEmptySubsequences: false)
    let table = MountTable(Array(parts[parts.count - 1]))
    let visible = table.mounts.filter(table.isVisible)
    for mount in visible {
        for other in visible where other.point == mount.point && other.id != mount.id {
            fatalError("\(mount.id) and \(other.id) are both visible at \(mount.point)")
        }
    }
    let groups = DeviceControlGroups(membership: String(decoding: parts[0], as: UTF8.self), mounts: table)
    for group in [groups.v1, groups.v2].compactMap(\.self) where !group.path.hasPrefix("/") {
        fatalError("\(group.path) is no path below \(group.hierarchy)")
    }
}
