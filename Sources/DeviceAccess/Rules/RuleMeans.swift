internal import LinuxSystem
internal import SystemPackage

/// A way to let a container's control group use a device. Each has a file of its own, and is listed in ``DeviceRules``.
protocol RuleMeans: Sendable {
    /// The name of the way in a ``RuleChange`` and in records.
    static var tag: String { get }

    /// Returns a change as a text for people: `c 21:3 rw in /sys/fs/cgroup/devices/lxc.payload.web`.
    static func description(of change: RuleChange) -> String

    /// Returns how a change is made, for people: `an exception in /sys/fs/cgroup/devices/lxc.payload.web`.
    static func method(of change: RuleChange) -> String

    /// The way for one container and its engine.
    init(context: RuleContext)

    /// Returns the changes that allow a container what a rule says. Empty when it is allowed already. Changes nothing.
    ///
    /// - Throws: `groupGone`, `cannotAsk`, `notPermitted`, `kernel`; `notSupported` or `occupied` when this way is not possible
    ///   there, and the next one is to be tried.
    func plan(_ rule: DeviceRule, for groups: DeviceControlGroups) throws(DeviceAccessError) -> [RuleChange]

    /// Makes a change. It is no error when it was made already.
    ///
    /// - Throws: `groupGone`, `parentDenies`, `notSupported`, `occupied`, `overruled`, `busy`, `notPermitted`, `kernel`.
    func apply(_ change: RuleChange) throws(DeviceAccessError)

    /// Revokes a change. It is no error when it was not made, or when the group has gone.
    ///
    /// - Throws: `busy`, `notPermitted`, `kernel`.
    func revoke(_ change: RuleChange) throws(DeviceAccessError)
}

extension RuleChange {
    /// Returns whether the group is still the one for which the change was planned. Throws when that cannot be found out.
    func isGroupPresent(_ attempt: String) throws(DeviceAccessError) -> Bool {
        do throws(DeviceAccessError) {
            return try attemptingInGroup(attempt) { () throws(SystemError) in
                try FileStatus.of(directory).identity.inode == group
            }
        } catch {
            guard error.code == .groupGone else { throw error }
            return false
        }
    }

    /// Throws `groupGone` unless the group is still the one for which the change was planned.
    func requireGroup(_ attempt: String) throws(DeviceAccessError) {
        guard try isGroupPresent(attempt) else { throw .groupGone(attempt) }
    }

    /// Throws `overruled` when the kernel still denies the device in the group.
    func requireEffect(_ attempt: String) throws(DeviceAccessError) {
        guard try DeviceControlGroups(v2: ControlGroup(at: directory)).permits(rule) != false else {
            throw DeviceAccessError(
                .overruled, attempt, "a group above denies it too, which is not the container's alone",
                remedy: "allow the device there, with the tools of whoever set up that group")
        }
    }
}

/// Runs calls that are parts of one attempt on a control group. When the group has gone the error is `groupGone`.
func attemptingInGroup<Value: ~Copyable>(
    _ attempt: String, _ body: () throws(SystemError) -> Value
) throws(DeviceAccessError) -> Value {
    do throws(SystemError) {
        return try body()
    } catch {
        throw .ofGroup(error, attempt)
    }
}

extension DeviceAccessError {
    /// The control group has gone.
    static func groupGone(_ attempt: String) -> DeviceAccessError {
        DeviceAccessError(.groupGone, attempt, "the control group has gone, and its processes with it")
    }

    /// An error of a call on a control group's directory or file. Calls on an open file fail with ENODEV when its group has
    /// gone.
    static func ofGroup(_ error: SystemError, _ attempt: String) -> DeviceAccessError {
        switch error.code {
        case .noSuchFileOrDirectory, .operationNotSupportedByDevice: .groupGone(attempt)
        default: DeviceAccessError(error, attempt)
        }
    }

    /// This way to allow a device is not possible there.
    static func notPossible(_ attempt: String, _ why: String) -> DeviceAccessError {
        DeviceAccessError(.notSupported, attempt, why, remedy: "have the container's engine allow the device")
    }
}
