internal import CNetlink
internal import Glibc
internal import LinuxSystem
public import SystemPackage

/// A request that the kernel refused, or that could not be sent.
public struct NetlinkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kernel's answer; EIO for a failure of libnl's without an `errno(3)` of its own.
    public let code: Errno
    /// What was asked for: `move eth0 to the container`.
    public let operation: String
    /// The kernel's own sentence (extended acknowledgement, Linux 4.12). Nil when it gave none.
    public let sentence: String?

    /// An error from its parts.
    public init(_ code: Errno, _ operation: String, sentence: String? = nil) {
        self.code = code
        self.operation = operation
        self.sentence = sentence
    }

    /// `move eth0 to the container: The interface netns is immutable (Invalid argument)`.
    public var description: String {
        if let sentence { "\(operation): \(sentence) (\(code))" } else { "\(operation): \(code)" }
    }

    /// An error of libnl's, whose codes (`netlink/errno.h`) are not those of errno(3): several of these become one of those. For
    /// those that have none, such as EMFILE, libnl says NLE_FAILURE, and errno is what the system call has left.
    static func library(_ code: CInt, _ operation: String) -> NetlinkError {
        let error = Errno(rawValue: errno)
        return switch -code {
        case NLE_NOMEM: NetlinkError(.noMemory, operation)
        case NLE_EXIST: NetlinkError(.fileExists, operation)
        case NLE_FAILURE where error.rawValue != 0: NetlinkError(error, operation)
        default: NetlinkError(.ioError, operation, sentence: unsafe String(cString: nl_geterror(code)))
        }
    }
}

/// Makes a call of libnl's that speaks with the kernel, and repeats it when a signal interrupted it. Returns libnl's code.
///
/// Every such call goes through here, so that a test can make any of them fail: `failPoint()`.
func libraryCall(_ operation: @autoclosure () -> String, _ call: () -> CInt) throws(NetlinkError) -> CInt {
    while true {
        #if DEBUG
            if let code = failPoint() {
                if code == EINTR { continue }
                throw NetlinkError(Errno(rawValue: code), operation())
            }
        #endif
        let result = call()
        if result != -NLE_INTR { return result }
    }
}
