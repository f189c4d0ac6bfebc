internal import CLinux
internal import Glibc
public import SystemPackage

/// A file descriptor with an owner. It is closed when the value goes out of scope.
public struct Descriptor: ~Copyable, Sendable {
    /// The descriptor, valid as long as this value lives.
    public let file: FileDescriptor

    /// Takes ownership of a descriptor, which nobody else may close.
    public init(owning file: FileDescriptor) {
        self.file = file
    }

    // The descriptor is free even when close(2) fails. Nothing depends on its error.
    deinit { _ = close(file.rawValue) }

    /// Opens a path on the host, close-on-exec.
    public static func open(
        _ path: FilePath, _ mode: FileDescriptor.AccessMode = .readOnly, options: FileDescriptor.OpenOptions = [],
        permissions: FilePermissions? = nil
    ) throws(SystemError) -> Descriptor {
        let flags = mode.rawValue | options.union(.closeOnExec).rawValue
        let result = unsafe path.withPlatformString { path in
            kernelCall { unsafe Glibc.open(path, flags, permissions?.rawValue ?? 0) }
        }
        return try .returned(result, "open", path.string)
    }

    /// Takes ownership of the result of a call that returns a descriptor, or throws the call's error.
    static func returned(
        _ result: CInt, _ operation: String, _ subject: @autoclosure () -> String
    ) throws(SystemError) -> Descriptor {
        guard result >= 0 else {
            let code = SystemError.lastCode
            throw SystemError(code, operation, subject())
        }
        return Descriptor(owning: FileDescriptor(rawValue: result))
    }

    /// Returns another descriptor of the same open file, close-on-exec.
    public func duplicate() throws(SystemError) -> Descriptor {
        try .returned(kernelCall { fcntl(file.rawValue, F_DUPFD_CLOEXEC, 0) }, "dup", "descriptor \(file.rawValue)")
    }

    /// Returns the status of the open file: `fstat(2)`.
    public func status() throws(SystemError) -> FileStatus {
        var status = stat()
        guard kernelCall({ unsafe fstat(file.rawValue, &status) }) == 0 else {
            throw .last("stat", "descriptor \(file.rawValue)")
        }
        return FileStatus(status)
    }
}
