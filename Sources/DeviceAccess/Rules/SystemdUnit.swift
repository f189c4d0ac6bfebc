internal import LinuxSystem
internal import SystemPackage

/// Rules in the `DeviceAllow=` of the systemd unit that a container runs in, where that alone filters its devices. systemd keeps
/// them, whatever it changes or reads again later.
struct SystemdUnit: RuleMeans {
    static let tag = "unit"

    static func description(of change: RuleChange) -> String { "\(change.rule) in the unit of \(change.directory)" }

    static func method(of change: RuleChange) -> String {
        "DeviceAllow= of the unit \(change.directory.lastComponent?.string ?? "")"
    }

    private let lock: RuleLock

    init(_ context: RuleContext) {
        lock = context.lock
    }

    /// Plans what has to be added for a container: to the unit of its group, or of one above that is its alone.
    func plan(_ rule: DeviceRule, for groups: DeviceControlGroups) throws(DeviceAccessError) -> [RuleChange] {
        guard let group = groups.v2 else { return [] }
        let attempt = "inspect the device programs of \(group.directory)"
        var filtering: [FilePath] = []
        for level in try group.exclusiveAncestors(attempt) {
            let programs = try attemptingInGroup(attempt) { () throws(SystemError) in
                try BPFProgram.attached(to: Descriptor.open(level, options: .directory))
            }
            filtering += programs.map { _ in level }
        }
        // With another one beside it what systemd allows would still be denied.
        guard filtering.count == 1 else { throw Self.notPossible(attempt, "\(filtering.count) programs filter there") }
        let level = filtering[0]
        guard let unit = try SystemdDeviceAllow(of: level), unit.isFiltered else {
            throw Self.notPossible(attempt, "\(level) is of no unit whose devices systemd filters")
        }
        let missing = rule.access.subtracting(unit.access(of: rule.device))
        guard !missing.isEmpty else { return [] }
        let inode = try attemptingInGroup(attempt) { () throws(SystemError) in try FileStatus.of(level).identity.inode }
        return [RuleChange(Self.self, in: level, group: inode, DeviceRule(rule.device, missing))]
    }

    func apply(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "allow \(change)"
        let rule = change.rule
        let lock = try lock.take(attempt)
        try change.requireGroup(attempt)
        guard let unit = try SystemdDeviceAllow(of: change.directory) else { throw .groupGone(attempt) }
        try unit.setAccess(of: rule.device, unit.access(of: rule.device).union(rule.access))
        stopPoint()
        _ = consume lock
        try change.requireEffect(attempt)
    }

    func revoke(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "deny \(change)"
        let rule = change.rule
        let lock = try lock.take(attempt)
        guard try change.isGroupPresent(attempt), let unit = try SystemdDeviceAllow(of: change.directory) else {
            return
        }
        let access = unit.access(of: rule.device)
        if !access.isDisjoint(with: rule.access) {
            try unit.setAccess(of: rule.device, access.subtracting(rule.access))
        }
        _ = consume lock
    }

    private static func notPossible(_ attempt: String, _ why: String) -> DeviceAccessError {
        .notPossible(attempt, "no unit can be told to allow a device: \(why)")
    }
}
