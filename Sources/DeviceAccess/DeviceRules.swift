public import LinuxSystem
public import SystemPackage

/// Lets control groups use devices, and takes that back.
///
/// ``look(_:for:)`` says what has to change as values, which the caller writes down; ``allow(_:)`` makes one of the
/// changes, and ``revoke(_:)`` takes it back, also in another process, and also when it was never made.
///
/// Where both versions of control groups are mounted a device has to pass each of them, so both are looked at.
/// A rule overrides what a policy inside the container says of that device.
public struct DeviceRules: Sendable {
    let overrides: OverrideTable
    let requests: OwnersRequests
    let units: OwnersUnits
    let tables: OwnersTables
    let patches: ProgramPatch
    /// Whether denials are overridden where that is possible. Tests say no: every kernel they run on can.
    var overridesWherePossible = true

    /// Rules that are kept apart between processes by a lock in a directory of the caller's, which has to be the same
    /// for all of them. How long to wait for that lock is up to the caller; it is held for less than
    /// a millisecond, unless systemd is asked.
    ///
    /// - Parameter owner: who can be asked for rules of the container in question, where anybody can. It has to be the same
    ///   for ``revoke(_:)``.
    public init(stateDirectory: FilePath, owner: RuleOwner? = nil, timeout: Duration = .seconds(10)) {
        let lock = RuleLock(path: stateDirectory.appending("device-rules.lock"), timeout: timeout)
        overrides = OverrideTable(lock: lock)
        requests = OwnersRequests(owner: owner)
        units = OwnersUnits(lock: lock)
        tables = OwnersTables(lock: lock)
        patches = ProgramPatch(lock: lock)
    }

    /// What has to change for a container to do what a rule says, in the order in which it has to be done. Empty when
    /// nothing filters there, or when it may do so already. Changes nothing.
    ///
    /// - Throws: `groupGone`, `cannotAsk`, `notSupported` when there is no way, `notPermitted`, `kernel`.
    public func look(
        _ rule: DeviceRule, for groups: DeviceControlGroups
    ) throws(DeviceAccessError) -> [Grant] {
        try ExceptionList.look(rule, for: groups) + lookAtPrograms(rule, for: groups)
    }

    /// An override holds whatever the owner of the group does later, so it comes first. Where there can be none, the owner's
    /// own means: it keeps what it was told. Its programs are changed only where there are no such means.
    private func lookAtPrograms(
        _ rule: DeviceRule, for groups: DeviceControlGroups
    ) throws(DeviceAccessError) -> [Grant] {
        let grants = try overrides.look(rule, for: groups)
        guard !grants.isEmpty, let group = groups.v2 else { return [] }
        let obstacle = try overrides.obstacle(in: group.hierarchy)
        if overridesWherePossible, obstacle == nil { return grants }
        var tried = [obstacle].compactMap { $0 }
        for look in [requests.look, units.look, tables.look, patches.look] {
            do throws(DeviceAccessError) {
                return try look(rule, group)
            } catch {
                guard error.code == .notSupported else { throw error }
                tried.append(error)
            }
        }
        throw DeviceAccessError(
            .notSupported, "allow \(rule) in \(group.directory)",
            tried.map(\.description).joined(separator: "; "), remedy: tried.last?.remedy)
    }

    /// Why no denial of a cgroup2 group can be overridden, so that its owner's programs would have to be changed. Nil
    /// when it can, or when there is no such group.
    ///
    /// - Throws: `notPermitted`, `kernel`.
    public func obstacle(for groups: DeviceControlGroups) throws(DeviceAccessError) -> DeviceAccessError? {
        guard let group = groups.v2 else { return nil }
        return try overrides.obstacle(in: group.hierarchy)
    }

    /// Makes a change.
    ///
    /// - Throws: `groupGone`; version 1: `parentDenies`; version 2: `notSupported`, `occupied`, `overruled`, `busy`.
    public func allow(_ grant: Grant) throws(DeviceAccessError) {
        switch grant {
        case .exception(let group, let inode, let rule):
            try ExceptionList.allow(rule, in: group, inode: inode)
        case .override(let hierarchy, let id, let rule):
            try overrides.add(rule, to: id, in: hierarchy)
        case .request(let group, let inode, let rule):
            try requests.allow(rule, in: group, inode: inode)
        case .unit(let group, let inode, let rule):
            try units.allow(rule, in: group, inode: inode)
        case .entry(let group, let inode, let rule):
            try tables.allow(rule, in: group, inode: inode)
        case .patch(let group, let inode, let rule):
            try patches.allow(rule, in: group, inode: inode)
        }
    }

    /// Takes a change back: the device is as it was before ``allow(_:)``. Nothing happens when the change was not made,
    /// was taken back already, or when the group has gone. What is open already stays open.
    ///
    /// - Throws: `busy`, `notPermitted`, `kernel`.
    public func revoke(_ grant: Grant) throws(DeviceAccessError) {
        switch grant {
        case .exception(let group, let inode, let rule):
            try ExceptionList.deny(rule, in: group, inode: inode)
        case .override(let hierarchy, let id, let rule):
            try overrides.remove(rule, from: id, in: hierarchy)
        case .request(let group, let inode, let rule):
            try requests.remove(rule, from: group, inode: inode)
        case .unit(let group, let inode, let rule):
            try units.remove(rule, from: group, inode: inode)
        case .entry(let group, let inode, let rule):
            try tables.remove(rule, from: group, inode: inode)
        case .patch(let group, let inode, let rule):
            try patches.remove(rule, from: group, inode: inode)
        }
    }
}
