internal import Glibc
public import SystemPackage

/// A system call that failed: what was tried, on what, and the kernel's answer.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kernel's answer, `errno(3)`.
    public let code: Errno
    /// What was tried, in the words of the manual page: `open`, `mount`, `setns`.
    public let operation: String
    /// On what: a path, a namespace, a process.
    public let subject: String

    /// An error with a code that is known already.
    public init(_ code: Errno, _ operation: String, _ subject: String) {
        self.code = code
        self.operation = operation
        self.subject = subject
    }

    /// An error with the code that the last system call of this thread left behind.
    static func last(_ operation: String, _ subject: String) -> SystemError {
        SystemError(lastCode, operation, subject)
    }

    static var lastCode: Errno { Errno(rawValue: Glibc.errno) }

    /// The code of an error that swift-system threw: it throws nothing but `Errno`.
    static func code(of error: any Error) -> Errno { (error as? Errno) ?? .ioError }

    /// `open /run/netns/blue: No such file or directory`.
    public var description: String { "\(operation) \(subject): \(code)" }
}
