internal import CLinux
internal import Glibc
public import SystemPackage

/// A file descriptor that somebody owns: closed when its owner goes.
public struct Descriptor: ~Copyable, Sendable {
    /// The descriptor itself, valid as long as this value lives.
    public let file: FileDescriptor

    /// Takes over a descriptor that nobody else closes.
    public init(owning file: FileDescriptor) {
        self.file = file
    }

    deinit { try? file.close() }

    /// Opens a path of the host's, close-on-exec.
    public static func open(
        _ path: FilePath, _ mode: FileDescriptor.AccessMode = .readOnly, options: FileDescriptor.OpenOptions = [],
        permissions: FilePermissions? = nil
    ) throws(SystemError) -> Descriptor {
        do {
            let file = try FileDescriptor.open(
                path, mode, options: options.union(.closeOnExec), permissions: permissions)
            return Descriptor(owning: file)
        } catch {
            throw SystemError(SystemError.code(of: error), "open", path.string)
        }
    }

    /// The descriptor of a call that returns one, or the call's error.
    static func returned(_ result: CInt, _ operation: String, _ subject: String) throws(SystemError) -> Descriptor {
        guard result >= 0 else { throw .last(operation, subject) }
        return Descriptor(owning: FileDescriptor(rawValue: result))
    }

    /// Another descriptor of the same open file, close-on-exec.
    public func duplicate() throws(SystemError) -> Descriptor {
        try .returned(fcntl(file.rawValue, F_DUPFD_CLOEXEC, 0), "dup", "descriptor \(file.rawValue)")
    }

    /// What the descriptor leads to: `fstat(2)`.
    public func status() throws(SystemError) -> FileStatus {
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0 else { throw .last("stat", "descriptor \(file.rawValue)") }
        return FileStatus(status)
    }
}
