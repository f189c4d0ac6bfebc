internal import LinuxSystem
internal import SystemPackage

/// What went wrong with a node or a rule: what was tried, on what, what the answer was, and what helps.
public struct DeviceAccessError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What to tell apart in code.
    public enum Code: Hashable, Sendable {
        /// A path that names no entry: not absolute, or ending in `..`.
        case invalidPath
        /// Something else has the name.
        case nameTaken
        /// The same device, link or directory is there already, and we did not make it.
        case alreadyThere
        /// The directory is the host's own devtmpfs: a change there would change the host.
        case hostDevtmpfs
        /// The file system belongs to a user namespace, in which no node can be made from outside.
        case userNamespace
        /// The file system is mounted read-only.
        case readOnly
        /// The file system is mounted `nodev`: a node there cannot be opened.
        case mountedNodev
        /// What we made is no longer what is there.
        case replaced
        /// A directory of ours has entries of others.
        case notEmpty
        /// The control group has gone, and its processes with it.
        case groupGone
        /// A version 1 group above lacks the rule, and a group cannot exceed its parent.
        case parentDenies
        /// The kernel took the rule, and another one still denies.
        case overruled
        /// The group is frozen, or takes no process: the kernel cannot be asked.
        case cannotAsk
        /// The kernel is too old, or built without what is needed.
        case notSupported
        /// Another program holds the place in a way that admits none beside it.
        case occupied
        /// Another process held our lock until the deadline.
        case busy
        /// A capability is missing.
        case notPermitted
        /// Any other answer of the kernel's.
        case kernel
    }

    /// What to tell apart in code.
    public let code: Code
    /// What was tried, and on what: `make /dev/sg3 (c 21:3)`.
    public let attempt: String
    /// What stands in the way: the kernel's answer, or what was found.
    public let reason: String
    /// What the user can do about it, where anything helps.
    public let remedy: String?

    init(_ code: Code, _ attempt: String, _ reason: String, remedy: String? = nil) {
        self.code = code
        self.attempt = attempt
        self.reason = reason
        self.remedy = remedy
    }

    /// The kernel's answer to a call that was a part of the attempt.
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
