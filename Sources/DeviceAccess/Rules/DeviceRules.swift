public import LinuxSystem
public import SystemPackage

/// Lets control groups use devices, and revokes that.
///
/// ``plan(_:for:)`` returns the changes as values, which the caller records. ``apply(_:)`` makes a change. ``revoke(_:)``
/// undoes it, also in another process, and also when it was never made.
///
/// Where both versions of control groups are mounted a device has to pass the filters of both, so both are planned for.
/// A rule overrides any policy inside the container for that device.
public struct DeviceRules: Sendable {
    /// The ways to allow a device on cgroup2, the preferred one first. An override stays whatever the owner of the group does
    /// later. Where none is possible, the owner is asked in its own way, and keeps what it was asked for. Its programs are
    /// changed only where it cannot be asked.
    private static let meansForVersion2: [any RuleMeans.Type] = [
        BPFOverride.self, EngineRequest.self, SystemdUnit.self, LibvirtMap.self, ProgramPatch.self,
    ]

    /// Returns the way that a tag names, or nil when it names none.
    static func means(of tag: String) -> (any RuleMeans.Type)? {
        tag == CgroupV1.tag ? CgroupV1.self : meansForVersion2.first { $0.tag == tag }
    }

    var context: RuleContext

    /// - Parameters:
    ///   - stateDirectory: the directory of a lock, by which all processes have to use the same. The lock is held for less than
    ///     a millisecond, or for as long as systemd takes to answer.
    ///   - delegate: who changes the device filter of the container on request. Nil when nobody does. It has to be the same for
    ///     ``plan(_:for:)`` and ``revoke(_:)``.
    ///   - timeout: how long to wait for the lock.
    public init(stateDirectory: FilePath, delegate: DeviceRuleDelegate? = nil, timeout: Duration = .seconds(10)) {
        let lock = RuleLock(path: stateDirectory.appending("device-rules.lock"), timeout: timeout)
        context = RuleContext(lock: lock, delegate: delegate)
    }

    /// Returns the changes that allow a container what a rule says, in the order in which they have to be made. Empty when
    /// nothing filters there, or when it is allowed already. Changes nothing.
    ///
    /// - Throws: `groupGone`, `cannotAsk`, `notSupported` when there is no way, `notPermitted`, `kernel`.
    public func plan(
        _ rule: DeviceRule, for groups: DeviceControlGroups
    ) throws(DeviceAccessError) -> [RuleChange] {
        try CgroupV1(context: context).plan(rule, for: groups) + planForVersion2(rule, groups)
    }

    private func planForVersion2(
        _ rule: DeviceRule, _ groups: DeviceControlGroups
    ) throws(DeviceAccessError) -> [RuleChange] {
        // The root group is everybody's. It filters nothing, and no rule belongs there.
        guard let group = groups.v2, !group.isRoot else { return [] }
        var tried: [DeviceAccessError] = []
        for means in Self.meansForVersion2 {
            do throws(DeviceAccessError) {
                return try means.init(context: context).plan(rule, for: groups)
            } catch {
                guard error.code == .notSupported || error.code == .occupied else { throw error }
                tried.append(error)
            }
        }
        throw DeviceAccessError(
            .notSupported, "allow \(rule) in \(group.directory)",
            tried.map(\.description).joined(separator: "; "), remedy: tried.last?.remedy)
    }

    /// Returns why the denials of a cgroup2 group cannot be overridden, so that its owner has to be asked or its programs
    /// changed. Returns nil when they can, or when there is no such group.
    ///
    /// - Throws: `notPermitted`, `kernel`.
    public func obstacle(for groups: DeviceControlGroups) throws(DeviceAccessError) -> DeviceAccessError? {
        guard let group = groups.v2 else { return nil }
        return try BPFOverride(context: context).obstacle(in: group.hierarchy)
    }

    /// Makes a change.
    ///
    /// - Throws: `groupGone`; version 1: `parentDenies`; version 2: `notSupported`, `occupied`, `overruled`, `busy`.
    public func apply(_ change: RuleChange) throws(DeviceAccessError) {
        try Self.means(of: change.means)?.init(context: context).apply(change)
    }

    /// Revokes a change, so that the device is allowed or denied as it was before ``apply(_:)``. Nothing happens when the
    /// change was not made, was revoked already, or when the group has gone. Devices that are open stay open.
    ///
    /// - Throws: `busy`, `notPermitted`, `kernel`.
    public func revoke(_ change: RuleChange) throws(DeviceAccessError) {
        try Self.means(of: change.means)?.init(context: context).revoke(change)
    }
}

/// What the ways to allow a device have in common.
struct RuleContext: Sendable {
    /// The lock under which device programs and their maps are changed.
    let lock: RuleLock
    /// Who changes the container's device filter on request. Nil when nobody does.
    let delegate: DeviceRuleDelegate?
    /// Whether denials are overridden where that is possible. Tests of the other ways set it to false, since all of their
    /// kernels support overrides.
    var allowsOverride = true
}

/// The lock under which device programs and their maps are changed.
struct RuleLock: Sendable {
    let path: FilePath
    let timeout: Duration

    /// Takes the lock and returns it. It is held as long as the value lives.
    func take(_ attempt: String) throws(DeviceAccessError) -> FileLock {
        do throws(SystemError) {
            return try FileLock(path, until: .now + timeout)
        } catch {
            guard error.code == .resourceTemporarilyUnavailable else { throw DeviceAccessError(error, attempt) }
            throw DeviceAccessError(
                .busy, attempt, "another process has held \(path) for \(timeout)", remedy: "try again")
        }
    }
}
