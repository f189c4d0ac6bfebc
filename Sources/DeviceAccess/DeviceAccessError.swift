internal import LinuxSystem
internal import SystemPackage

/// An error with a node or a rule: what was attempted, on what, why it failed, and what helps.
public struct DeviceAccessError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: Hashable, Sendable {
        /// The path is not absolute, or has `.` or `..` in it.
        case invalidPath
        /// Something else has the name.
        case nameTaken
        /// The same device, link or directory is there already, and was not made by this program.
        case alreadyThere
        /// The directory is in the host's devtmpfs: a change there would change the host.
        case hostDevtmpfs
        /// The file system belongs to a user namespace, and no node can be made in it from outside.
        case userNamespace
        /// The file system is mounted read-only.
        case readOnly
        /// The file system is mounted `nodev`: a node there cannot be opened.
        case mountedNodev
        /// Something else is in the place of an entry that was made.
        case replaced
        /// A directory that was made has entries of others.
        case notEmpty
        /// The control group has gone, and its processes with it.
        case groupGone
        /// A version 1 group above lacks the rule, and a group cannot exceed its parent.
        case parentDenies
        /// The rule was made, and another one still denies the device.
        case overruled
        /// The kernel cannot be asked, since the group is frozen or takes no process.
        case cannotAsk
        /// There is no way: the kernel is too old or lacks a feature, or the engine takes no rules.
        case notSupported
        /// Another program is attached in a way that admits none beside it.
        case occupied
        /// Another process held the lock for the whole timeout.
        case busy
        /// A capability is missing.
        case notPermitted
        /// Any other error of the kernel.
        case kernel
    }

    /// The kind of failure.
    public let code: Code
    /// What was attempted, and on what: `make /dev/sg3 (c 21:3)`.
    public let attempt: String
    /// Why it failed: the kernel's error, or what was found.
    public let reason: String
    /// What the user can do about it. Nil when nothing is known to help.
    public let remedy: String?

    init(_ code: Code, _ attempt: String, _ reason: String, remedy: String? = nil) {
        self.code = code
        self.attempt = attempt
        self.reason = reason
        self.remedy = remedy
    }

    /// An error of a call that is a part of the attempt.
    init(_ error: SystemError, _ attempt: String) {
        switch error.code {
        case .notPermitted, .permissionDenied:
            self.init(
                .notPermitted, attempt, error.description,
                remedy: "it needs root, or CAP_MKNOD, CAP_DAC_OVERRIDE, CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_BPF")
        case .readOnlyFileSystem:
            self.init(.readOnly, attempt, error.description)
        case .overflow:
            self.init(
                .userNamespace, attempt, error.description,
                remedy: "the container has a user namespace of its own, which is not supported yet")
        default:
            self.init(.kernel, attempt, error.description)
        }
    }

    /// `make /dev/sg3 (c 21:3): a regular file is there`.
    public var description: String { "\(attempt): \(reason)" }
}

/// Runs calls that are parts of one attempt.
func attempting<Value: ~Copyable>(
    _ attempt: String, _ body: () throws(SystemError) -> Value
) throws(DeviceAccessError) -> Value {
    do throws(SystemError) {
        return try body()
    } catch {
        throw DeviceAccessError(error, attempt)
    }
}
