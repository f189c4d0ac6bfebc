internal import Glibc
public import SystemPackage

/// A system call that failed: the operation, its subject, and the kernel's error.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kernel's error, `errno(3)`.
    public let code: Errno
    /// The operation, in the words of the manual page: `open`, `mount`, `setns`.
    public let operation: String
    /// What it was about: a path, a namespace, a process.
    public let subject: String

    /// An error from its parts.
    public init(_ code: Errno, _ operation: String, _ subject: String) {
        self.code = code
        self.operation = operation
        self.subject = subject
    }

    /// An error with the `errno(3)` of this thread's latest system call.
    static func last(_ operation: String, _ subject: String) -> SystemError {
        SystemError(lastCode, operation, subject)
    }

    static var lastCode: Errno { Errno(rawValue: Glibc.errno) }

    /// `open /run/netns/blue: No such file or directory`.
    public var description: String { "\(operation) \(subject): \(code)" }
}

extension SystemError {
    /// Whether the error means that the subject does not exist, or no longer: ENOENT, ENOTDIR for a path, ESRCH for a process,
    /// ENODEV and ENXIO for a device. After any other error nobody knows whether it exists.
    public var isAbsence: Bool {
        switch code {
        case .noSuchFileOrDirectory, .notDirectory, .noSuchProcess, .operationNotSupportedByDevice,
            .noSuchAddressOrDevice:
            true
        default: false
        }
    }

    /// ``Errno/isShortage`` of the code.
    public var isShortage: Bool { code.isShortage }
}

extension Errno {
    /// Whether the error is about the machine and not about the subject: no descriptors, memory or room, a failing medium, an
    /// interrupted call.
    public var isShortage: Bool {
        switch self {
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .noBufferSpace, .noSpace, .ioError,
            .interrupted, .resourceTemporarilyUnavailable:
            true
        default: false
        }
    }
}

/// Returns the result of a call, or nil when its error is ``SystemError/isAbsence``. Throws any other error.
public func ifThere<Value: ~Copyable>(_ call: () throws(SystemError) -> Value) throws(SystemError) -> Value? {
    do throws(SystemError) {
        return try call()
    } catch {
        guard error.isAbsence else { throw error }
        return nil
    }
}

/// Returns the same for a call on another process. Returns nil also when this process has no permission to inspect that one.
public func ifSeen<Value: ~Copyable>(_ call: () throws(SystemError) -> Value) throws(SystemError) -> Value? {
    do throws(SystemError) {
        return try ifThere(call)
    } catch {
        guard error.code == .permissionDenied || error.code == .notPermitted else { throw error }
        return nil
    }
}

/// Returns whether something is at a path on the host. A symbolic link that leads nowhere does not count.
public func exists(_ path: FilePath) throws(SystemError) -> Bool {
    try ifThere { () throws(SystemError) in try FileStatus.of(path) } != nil
}
