internal import LinuxSystem
internal import SystemPackage

/// Exceptions in the groups of the version 1 `devices` hierarchy.
struct CgroupV1: RuleMeans {
    static let tag = "exception"

    static func description(of change: RuleChange) -> String { "\(change.rule) in \(change.directory)" }

    static func method(of change: RuleChange) -> String { "an exception in \(change.directory)" }

    init(_ context: RuleContext) {}

    /// Plans what has to be added to the lists of the container's groups.
    func plan(_ rule: DeviceRule, for groups: DeviceControlGroups) throws(DeviceAccessError) -> [RuleChange] {
        // The group at the top is everybody's. It filters nothing, and no rule of ours belongs there.
        guard let group = groups.v1, !group.isRoot else { return [] }
        let attempt = "read the devices of \(group.directory)"
        let list = try attemptingInGroup(attempt) { () throws(SystemError) in
            try CgroupV1DeviceList(of: group.directory)
        }
        var missing = rule
        if list.allowsByDefault {
            missing.access = try Self.denied(rule, for: groups)
        } else if list.permits(rule) {
            missing.access = []
        } else {
            missing.access.subtract(list.access(of: rule.device))
        }
        guard !missing.access.isEmpty else { return [] }
        return try attemptingInGroup(attempt) { () throws(SystemError) in
            try Self.changes(missing, in: group.directory, list: list)
        }
    }

    /// What of a rule a group denies that allows by default: it does not list that, so the kernel is asked.
    private static func denied(
        _ rule: DeviceRule, for groups: DeviceControlGroups
    ) throws(DeviceAccessError) -> DeviceRule.Access {
        // At the top of the other hierarchy, so that no filter there answers.
        let v1Alone = DeviceControlGroups(v1: groups.v1, v2: groups.v2.map { $0.top })
        var denied: DeviceRule.Access = []
        for bit in [DeviceRule.Access.read, .write, .makeNode] where rule.access.contains(bit) {
            guard let permitted = try v1Alone.permits(DeviceRule(rule.device, bit)) else {
                throw DeviceAccessError(
                    .cannotAsk, "ask whether the container may use \(rule.device)", "no process can be started there",
                    remedy: "thaw the container")
            }
            if !permitted { denied.insert(bit) }
        }
        return denied
    }

    /// The group, and those below it that have the same list: a group takes over its parent's list when it is made,
    /// and later changes reach it only when they take something away. One with another list has a policy of its own.
    private static func changes(
        _ rule: DeviceRule, in group: FilePath, list: CgroupV1DeviceList
    ) throws(SystemError) -> [RuleChange] {
        let status = try FileStatus.of(group)
        var changes = [RuleChange(Self.self, in: group, group: status.identity.inode, rule)]
        for child in try childGroups(of: group) {
            // One that goes away meanwhile needs no rule.
            let below = try ifThere { () throws(SystemError) in
                try CgroupV1DeviceList(of: child) == list ? Self.changes(rule, in: child, list: list) : []
            }
            changes += below ?? []
        }
        return changes
    }

    func apply(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "allow \(change)"
        try change.requireGroup(attempt)
        do throws(SystemError) {
            try writeControl(change.directory.appending("devices.allow"), change.rule.description)
        } catch {
            guard error.code == .notPermitted,
                let parent = Self.parent(lacking: change.rule, above: change.directory)
            else { throw .ofGroup(error, attempt) }
            throw DeviceAccessError(
                .parentDenies, attempt, "\(parent) above it lacks that, and a group cannot exceed its parent",
                remedy: "allow it there first: write '\(change.rule)' to \(parent.appending("devices.allow"))")
        }
    }

    func revoke(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "deny \(change)"
        guard try change.isGroupPresent(attempt) else { return }
        do throws(SystemError) {
            try writeControl(change.directory.appending("devices.deny"), change.rule.description)
        } catch {
            let error = DeviceAccessError.ofGroup(error, attempt)
            if error.code != .groupGone { throw error }
        }
    }

    /// The topmost group above that lacks a rule. Nil when none is known to: this only words a refusal.
    private static func parent(lacking rule: DeviceRule, above group: FilePath) -> FilePath? {
        let parent = group.removingLastComponent()
        // For a message: of one that cannot be asked nothing is said.
        guard let list = try? CgroupV1DeviceList(of: parent) else { return nil }
        return self.parent(lacking: rule, above: parent) ?? (list.permits(rule) ? nil : parent)
    }
}

extension ControlGroup {
    /// The group at the top of the hierarchy.
    fileprivate var top: ControlGroup { ControlGroup(hierarchy: hierarchy, path: "/") }
}

/// The groups right below a group.
func childGroups(of group: FilePath) throws(SystemError) -> [FilePath] {
    try kernelDirectories(in: group).map { group.appending($0) }
}
