internal import LinuxSystem
internal import SystemPackage

/// Rules in the `DeviceAllow=` of the systemd unit that a container runs in, where that alone filters its devices. systemd keeps
/// them, whatever it changes or reads again later.
struct OwnersUnits: Sendable {
    let lock: RuleLock

    /// What has to be added for a container: to the unit of its group, or of one above that is its alone.
    func look(_ rule: DeviceRule, for group: ControlGroup) throws(DeviceAccessError) -> [Grant] {
        let attempt = "look at the device programs of \(group.directory)"
        var filtering: [FilePath] = []
        for level in try group.levels(attempt) {
            let programs = try attemptingInGroup(attempt) { () throws(SystemError) in
                try DeviceProgram.attached(to: Descriptor.open(level, options: .directory))
            }
            filtering += programs.map { _ in level }
        }
        // With another one beside it what systemd allows would still be denied.
        guard filtering.count == 1 else { throw Self.notPossible(attempt, "\(filtering.count) programs filter there") }
        let level = filtering[0]
        guard let unit = try OwnersUnit(of: level), unit.isFiltered else {
            throw Self.notPossible(attempt, "\(level) is of no unit whose devices systemd filters")
        }
        let missing = rule.access.subtracting(unit.access(of: rule.device))
        guard !missing.isEmpty else { return [] }
        let inode = try attemptingInGroup(attempt) { () throws(SystemError) in try FileStatus.of(level).identity.inode }
        return [.unit(group: level, inode: inode, rule: DeviceRule(rule.device, missing))]
    }

    func allow(_ rule: DeviceRule, in group: FilePath, inode: UInt64) throws(DeviceAccessError) {
        let attempt = "allow \(rule) in the unit of \(group)"
        let lock = try lock.take(attempt)
        guard (try? FileStatus.of(group))?.identity.inode == inode, let unit = try OwnersUnit(of: group) else {
            throw .groupGone(attempt)
        }
        try unit.setAccess(of: rule.device, unit.access(of: rule.device).union(rule.access))
        stopPoint()
        _ = consume lock
        guard try DeviceControlGroups(v2: ControlGroup(at: group)).permits(rule) != false else {
            throw .overruled(attempt)
        }
    }

    func remove(_ rule: DeviceRule, from group: FilePath, inode: UInt64) throws(DeviceAccessError) {
        let lock = try lock.take("deny \(rule) in the unit of \(group)")
        guard (try? FileStatus.of(group))?.identity.inode == inode, let unit = try OwnersUnit(of: group) else { return }
        let access = unit.access(of: rule.device)
        if !access.isDisjoint(with: rule.access) {
            try unit.setAccess(of: rule.device, access.subtracting(rule.access))
        }
        _ = consume lock
    }

    private static func notPossible(_ attempt: String, _ why: String) -> DeviceAccessError {
        DeviceAccessError(
            .notSupported, attempt, "no unit can be told to allow a device: \(why)",
            remedy: "have the container's engine allow the device")
    }
}
