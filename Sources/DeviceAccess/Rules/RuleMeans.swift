internal import LinuxSystem
internal import SystemPackage

/// A way to let a container's control group use a device. Each is a file of its own, and a line in
/// ``DeviceRules/allMeans``.
protocol RuleMeans: Sendable {
    /// Names the way in a ``RuleChange`` and in records.
    static var tag: String { get }

    /// A change as people read it: `c 21:3 rw in /sys/fs/cgroup/devices/lxc.payload.web`.
    static func description(of change: RuleChange) -> String

    /// How a change is made, as people read it: `an exception in /sys/fs/cgroup/devices/lxc.payload.web`.
    static func method(of change: RuleChange) -> String

    /// The way for one container and its engine.
    init(_ context: RuleContext)

    /// Returns the changes that let a container do what a rule says, and changes nothing. Empty: it may do so already.
    ///
    /// - Throws: `groupGone`, `cannotAsk`, `notPermitted`, `kernel`; `notSupported` or `occupied` when this way is not
    ///   open there, and another one is to be tried.
    func plan(_ rule: DeviceRule, for groups: DeviceControlGroups) throws(DeviceAccessError) -> [RuleChange]

    /// Makes a change. One that is made already is no error.
    ///
    /// - Throws: `groupGone`, `parentDenies`, `notSupported`, `occupied`, `overruled`, `busy`, `notPermitted`, `kernel`.
    func apply(_ change: RuleChange) throws(DeviceAccessError)

    /// Takes a change back. One that was not made, and a group that has gone, are no errors.
    ///
    /// - Throws: `busy`, `notPermitted`, `kernel`.
    func revoke(_ change: RuleChange) throws(DeviceAccessError)
}

extension RuleChange {
    /// Whether the group is still the one that the change was planned for.
    ///
    /// - Throws: when that could not be found out.
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

    /// Throws `groupGone` unless the group is still the one that the change was planned for.
    func requireGroup(_ attempt: String) throws(DeviceAccessError) {
        guard try isGroupPresent(attempt) else { throw .groupGone(attempt) }
    }

    /// Throws `overruled` when the kernel denies the device in the group all the same.
    func requireEffect(_ attempt: String) throws(DeviceAccessError) {
        guard try DeviceControlGroups(v2: ControlGroup(at: directory)).permits(rule) != false else {
            throw DeviceAccessError(
                .overruled, attempt, "a group above denies it too, and that is others' as well",
                remedy: "allow the device there, by the means of whoever set that up")
        }
    }
}

/// Runs calls that are parts of one attempt on a control group.
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

    /// The answer to a call on a control group's directory or file. A file that is open when its group goes says ENODEV.
    static func ofGroup(_ error: SystemError, _ attempt: String) -> DeviceAccessError {
        switch error.code {
        case .noSuchFileOrDirectory, .operationNotSupportedByDevice: .groupGone(attempt)
        default: DeviceAccessError(error, attempt)
        }
    }

    /// This way to allow a device is not open there.
    static func notPossible(_ attempt: String, _ why: String) -> DeviceAccessError {
        DeviceAccessError(.notSupported, attempt, why, remedy: "have the container's engine allow the device")
    }
}
