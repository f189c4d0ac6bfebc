public import LinuxSystem
public import SystemPackage

/// Lets control groups use devices, and takes that back.
///
/// ``plan(_:for:)`` says what has to change as values, which the caller writes down; ``apply(_:)`` makes one of the
/// changes, and ``revoke(_:)`` takes it back, also in another process, and also when it was never made.
///
/// Where both versions of control groups are mounted a device has to pass each of them, so both are planned for.
/// A rule overrides what a policy inside the container says of that device.
public struct DeviceRules: Sendable {
    /// The ways to allow a device on cgroup2, the preferred one first. An override holds whatever the owner of the group
    /// does later. Where there can be none, the owner's own means: it keeps what it was told. Its programs are changed only
    /// where there are no such means.
    private static let meansForVersion2: [any RuleMeans.Type] = [
        BPFOverride.self, EngineRequest.self, SystemdUnit.self, LibvirtMap.self, ProgramPatch.self,
    ]

    /// The way that a tag names, or nil for a tag that names none.
    static func means(of tag: String) -> (any RuleMeans.Type)? {
        tag == CgroupV1.tag ? CgroupV1.self : meansForVersion2.first { $0.tag == tag }
    }

    var context: RuleContext

    /// Rules that are kept apart between processes by a lock in a directory of the caller's, which has to be the same
    /// for all of them. The lock is held for less than a millisecond, unless systemd is asked.
    ///
    /// - Parameters:
    ///   - delegate: who can be asked for rules of the container in question, where anybody can. It has to be the same for
    ///     ``revoke(_:)``.
    ///   - timeout: how long to wait for the lock.
    public init(stateDirectory: FilePath, delegate: DeviceRuleDelegate? = nil, timeout: Duration = .seconds(10)) {
        let lock = RuleLock(path: stateDirectory.appending("device-rules.lock"), timeout: timeout)
        context = RuleContext(lock: lock, delegate: delegate)
    }

    /// Returns the changes that let a container do what a rule says, in the order in which they have to be made. Empty when
    /// nothing filters there, or when it may do so already. Changes nothing.
    ///
    /// - Throws: `groupGone`, `cannotAsk`, `notSupported` when there is no way, `notPermitted`, `kernel`.
    public func plan(
        _ rule: DeviceRule, for groups: DeviceControlGroups
    ) throws(DeviceAccessError) -> [RuleChange] {
        try CgroupV1(context).plan(rule, for: groups) + planForVersion2(rule, groups)
    }

    private func planForVersion2(
        _ rule: DeviceRule, _ groups: DeviceControlGroups
    ) throws(DeviceAccessError) -> [RuleChange] {
        // The group at the top is everybody's. It filters nothing, and no rule of ours belongs there.
        guard let group = groups.v2, !group.isRoot else { return [] }
        var tried: [DeviceAccessError] = []
        for means in Self.meansForVersion2 {
            do throws(DeviceAccessError) {
                return try means.init(context).plan(rule, for: groups)
            } catch {
                guard error.code == .notSupported || error.code == .occupied else { throw error }
                tried.append(error)
            }
        }
        throw DeviceAccessError(
            .notSupported, "allow \(rule) in \(group.directory)",
            tried.map(\.description).joined(separator: "; "), remedy: tried.last?.remedy)
    }

    /// Returns why no denial of a cgroup2 group can be overridden, so that its owner's programs would have to be changed;
    /// nil when it can, or when there is no such group.
    ///
    /// - Throws: `notPermitted`, `kernel`.
    public func obstacle(for groups: DeviceControlGroups) throws(DeviceAccessError) -> DeviceAccessError? {
        guard let group = groups.v2 else { return nil }
        return try BPFOverride(context).obstacle(in: group.hierarchy)
    }

    /// Makes a change.
    ///
    /// - Throws: `groupGone`; version 1: `parentDenies`; version 2: `notSupported`, `occupied`, `overruled`, `busy`.
    public func apply(_ change: RuleChange) throws(DeviceAccessError) {
        try Self.means(of: change.means)?.init(context).apply(change)
    }

    /// Takes a change back: the device is as it was before ``apply(_:)``. Nothing happens when the change was not made,
    /// was taken back already, or when the group has gone. What is open already stays open.
    ///
    /// - Throws: `busy`, `notPermitted`, `kernel`.
    public func revoke(_ change: RuleChange) throws(DeviceAccessError) {
        try Self.means(of: change.means)?.init(context).revoke(change)
    }
}

/// What the ways to allow a device have in common.
struct RuleContext: Sendable {
    /// Under which device programs and their tables are changed.
    let lock: RuleLock
    /// Who can be asked for rules of the container. Nil: nobody.
    let delegate: DeviceRuleDelegate?
    /// Whether denials are overridden where that is possible. Tests of the other ways say no: every kernel they run on can.
    var allowsOverride = true
}
