internal import CNetlink
public import SystemPackage

/// A request that the kernel refused, or that libnl could not bring to it.
public struct NetlinkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kernel's answer. For a fault of libnl's that has no `errno(3)` of its own: EIO.
    public let code: Errno
    /// What was asked for: `move eth0 to the container`.
    public let operation: String
    /// The kernel's own sentence (extended acknowledgement, Linux 4.12), where it gave one.
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

    /// libnl's return codes are a name space of its own (`netlink/errno.h`): only its text says what it means.
    static func library(_ code: CInt, _ operation: String) -> NetlinkError {
        NetlinkError(.ioError, operation, sentence: unsafe String(cString: nl_geterror(code)))
    }
}
