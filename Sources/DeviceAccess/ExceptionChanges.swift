internal import LinuxSystem
internal import SystemPackage

extension ExceptionList {
    /// What has to be added to the lists of the container's groups.
    static func look(_ rule: DeviceRule, for groups: DeviceControlGroups) throws(DeviceAccessError) -> [Grant] {
        // The group at the top is everybody's. It filters nothing, and no rule of ours belongs there.
        guard let group = groups.v1, !group.isRoot else { return [] }
        let attempt = "look at the devices of \(group.directory)"
        let list = try attemptingInGroup(attempt) { () throws(SystemError) in try ExceptionList(of: group.directory) }
        var missing = rule
        if list.allowsByDefault {
            missing.access = try denied(rule, for: groups)
        } else if list.permits(rule) {
            missing.access = []
        } else {
            missing.access.subtract(list.access(of: rule.device))
        }
        guard !missing.access.isEmpty else { return [] }
        return try attemptingInGroup(attempt) { () throws(SystemError) in
            try grants(missing, in: group.directory, list: list)
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
    private static func grants(
        _ rule: DeviceRule, in group: FilePath, list: ExceptionList
    ) throws(SystemError) -> [Grant] {
        let status = try FileStatus.of(group)
        var grants = [Grant.exception(group: group, inode: status.identity.inode, rule: rule)]
        for child in try childGroups(of: group) where (try? ExceptionList(of: child)) == list {
            // One that goes away meanwhile needs no rule.
            grants += (try? Self.grants(rule, in: child, list: list)) ?? []
        }
        return grants
    }

    static func allow(_ rule: DeviceRule, in group: FilePath, inode: UInt64) throws(DeviceAccessError) {
        let attempt = "allow \(rule) in \(group)"
        guard isStill(group, inode) else { throw .groupGone(attempt) }
        do throws(SystemError) {
            try writeControl(group.appending("devices.allow"), rule.description)
        } catch {
            guard error.code == .notPermitted, let parent = parent(lacking: rule, above: group) else {
                throw .ofGroup(error, attempt)
            }
            throw DeviceAccessError(
                .parentDenies, attempt, "\(parent) above it lacks that, and a group cannot exceed its parent",
                remedy: "allow it there first: write '\(rule)' to \(parent.appending("devices.allow"))")
        }
    }

    static func deny(_ rule: DeviceRule, in group: FilePath, inode: UInt64) throws(DeviceAccessError) {
        guard isStill(group, inode) else { return }
        do throws(SystemError) {
            try writeControl(group.appending("devices.deny"), rule.description)
        } catch {
            let error = DeviceAccessError.ofGroup(error, "deny \(rule) in \(group)")
            if error.code != .groupGone { throw error }
        }
    }

    /// False when the group has gone, or another one has its name now.
    private static func isStill(_ group: FilePath, _ inode: UInt64) -> Bool {
        (try? FileStatus.of(group))?.identity.inode == inode
    }

    private static func parent(lacking rule: DeviceRule, above group: FilePath) -> FilePath? {
        let parent = group.removingLastComponent()
        guard let list = try? ExceptionList(of: parent) else { return nil }
        return self.parent(lacking: rule, above: parent) ?? (list.permits(rule) ? nil : parent)
    }
}

extension ControlGroup {
    /// The group at the top of the hierarchy.
    var top: ControlGroup { ControlGroup(hierarchy: hierarchy, path: "/") }
}

/// The groups right below a group.
func childGroups(of group: FilePath) throws(SystemError) -> [FilePath] {
    try kernelDirectories(in: group).map { group.appending($0) }
}

extension DeviceAccessError {
    static func groupGone(_ attempt: String) -> DeviceAccessError {
        DeviceAccessError(.groupGone, attempt, "the control group has gone, and its processes with it")
    }

    /// The answer to a call on a control group's directory or file. A file that is open when its group goes says ENODEV.
    static func ofGroup(_ error: SystemError, _ attempt: String) -> DeviceAccessError {
        switch error.code {
        case .noSuchFileOrDirectory, .operationNotSupportedByDevice: .groupGone(attempt)
        default: DeviceAccessError(error, attempt)
        }
    }
}

func attemptingInGroup<Value: ~Copyable>(
    _ attempt: String, _ body: () throws(SystemError) -> Value
) throws(DeviceAccessError) -> Value {
    do throws(SystemError) {
        return try body()
    } catch {
        throw .ofGroup(error, attempt)
    }
}
