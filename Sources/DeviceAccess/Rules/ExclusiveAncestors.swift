internal import LinuxSystem
internal import SystemPackage

extension ControlGroup {
    /// Returns the group, and the groups above that hold nothing but the container. What is allowed there is allowed to nobody
    /// else.
    func exclusiveAncestors(_ attempt: String) throws(DeviceAccessError) -> [FilePath] {
        try attemptingInGroup(attempt) { () throws(SystemError) in
            var levels = [directory]
            var above = directory.removingLastComponent()
            while try isBelowTop(above), try readText(above.appending("cgroup.procs")).isEmpty {
                for child in try childGroups(of: above) where child != levels.last {
                    guard try Self.isNspawnSupervisor(child) else { return levels }
                }
                levels.append(above)
                above = above.removingLastComponent()
            }
            return levels
        }
    }

    /// Returns whether a group is the one in which systemd-nspawn keeps itself, beside that of its container.
    private static func isNspawnSupervisor(_ group: FilePath) throws(SystemError) -> Bool {
        guard group.lastComponent == "supervisor" else { return false }
        return try exists(group.removingLastComponent().appending("payload"))
    }

    /// The group of a directory, wherever the root of its hierarchy is.
    init(at directory: FilePath) {
        self.init(hierarchy: directory.removingLastComponent(), path: "/" + (directory.lastComponent?.string ?? ""))
    }
}

/// Returns whether a directory is that of a group below the root: the root has no `cgroup.events`, and a directory above it
/// is no group.
func isBelowTop(_ directory: FilePath) throws(SystemError) -> Bool {
    try exists(directory.appending("cgroup.events"))
}
