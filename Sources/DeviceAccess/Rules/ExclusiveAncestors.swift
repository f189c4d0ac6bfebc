internal import LinuxSystem
internal import SystemPackage

extension ControlGroup {
    /// The group, and those above it in which there is nothing but the container: what is let through there is let through
    /// for nobody else.
    func exclusiveAncestors(_ attempt: String) throws(DeviceAccessError) -> [FilePath] {
        try attemptingInGroup(attempt) { () throws(SystemError) in
            var levels = [directory]
            var above = directory.removingLastComponent()
            while try isBelowTop(above), try readText(above.appending("cgroup.procs")).isEmpty {
                for child in try childGroups(of: above) where child != levels.last {
                    guard try Self.isMakers(child) else { return levels }
                }
                levels.append(above)
                above = above.removingLastComponent()
            }
            return levels
        }
    }

    /// systemd-nspawn keeps itself, a process of the host's root, in a group of this name beside that of its container.
    private static func isMakers(_ group: FilePath) throws(SystemError) -> Bool {
        guard group.lastComponent == "supervisor" else { return false }
        return try exists(group.removingLastComponent().appending("payload"))
    }

    /// The group of a directory, wherever its hierarchy begins.
    init(at directory: FilePath) {
        self.init(hierarchy: directory.removingLastComponent(), path: "/" + (directory.lastComponent?.string ?? ""))
    }
}

/// The top has no events, and a directory above it is no group.
func isBelowTop(_ directory: FilePath) throws(SystemError) -> Bool {
    try exists(directory.appending("cgroup.events"))
}
