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

    /// Rules that are kept apart between processes by a lock in a directory of the caller's, which has to be the same
    /// for all of them. How long to wait for that lock is up to the caller; it is held for less than a millisecond.
    public init(stateDirectory: FilePath, timeout: Duration = .seconds(10)) {
        overrides = OverrideTable(lock: stateDirectory.appending("device-rules.lock"), timeout: timeout)
    }

    /// What has to change for a container to do what a rule says, in the order in which it has to be done. Empty when
    /// nothing filters there, or when it may do so already. Changes nothing.
    ///
    /// - Throws: `groupGone`, `cannotAsk`, `notPermitted`, `kernel`.
    public func look(
        _ rule: DeviceRule, for groups: DeviceControlGroups
    ) throws(DeviceAccessError) -> [Grant] {
        try ExceptionList.look(rule, for: groups) + overrides.look(rule, for: groups)
    }

    /// Makes a change.
    ///
    /// - Throws: `groupGone`; version 1: `parentDenies`; version 2: `notSupported` before Linux 5.18, `occupied`, `busy`.
    public func allow(_ grant: Grant) throws(DeviceAccessError) {
        switch grant {
        case .exception(let group, let inode, let rule):
            try ExceptionList.allow(rule, in: group, inode: inode)
        case .override(let hierarchy, let id, let rule):
            try overrides.add(rule, to: id, in: hierarchy)
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
        }
    }
}
