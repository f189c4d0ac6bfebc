internal import CLinux
internal import Glibc
public import SystemPackage

/// A container's root directory, held open. Every path below is resolved inside it, whatever links the container has made:
/// `openat2(2)` with RESOLVE_IN_ROOT, Linux 5.6.
///
/// Links of proc (`/proc/PID/root`, `/proc/PID/fd/N`) lead out, so they are refused with ELOOP.
public struct RootDirectory: ~Copyable, Sendable {
    /// The directory, opened with O_PATH.
    public let descriptor: Descriptor

    /// Opens a root: `/proc/PID/root`, or any directory on the host.
    public init(_ path: FilePath) throws(SystemError) {
        let flags = UInt64(linux_O_PATH | O_DIRECTORY | O_CLOEXEC)
        let result = unsafe path.withPlatformString { path in
            kernelCall { unsafe linux_openat2(AT_FDCWD, path, flags, 0, 0) }
        }
        descriptor = try .returned(result, "open", path.string)
    }

    /// Opens a directory below the root. Symbolic links are followed inside the root.
    public func directory(_ path: FilePath) throws(SystemError) -> Directory {
        let flags = UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return Directory(owning: try open(path, flags: flags), name: path)
    }

    /// Returns the status of what is at a path below the root. Symbolic links are followed.
    public func status(_ path: FilePath) throws(SystemError) -> FileStatus {
        try handle(path).status()
    }

    /// Returns whether the file system at a path below the root is mounted `nodev`: mount(2).
    public func isNodev(_ path: FilePath) throws(SystemError) -> Bool {
        let handle = try handle(path)
        var status = statvfs()
        guard unsafe fstatvfs(handle.file.rawValue, &status) == 0 else { throw .last("statvfs", path.string) }
        return status.f_flag & linux_ST_NODEV != 0
    }

    /// Opens what is at a path below the root with O_PATH.
    func handle(_ path: FilePath) throws(SystemError) -> Descriptor {
        try open(path, flags: UInt64(linux_O_PATH | O_CLOEXEC))
    }

    /// Returns the bytes of a file below the root.
    public func bytes(_ path: FilePath) throws(SystemError) -> [UInt8] {
        let file = try open(path, flags: UInt64(O_RDONLY | O_CLOEXEC))
        return try readBytes(file.file, named: path.string)
    }

    private func open(_ path: FilePath, flags: UInt64) throws(SystemError) -> Descriptor {
        let resolve = linux_RESOLVE_IN_ROOT | linux_RESOLVE_NO_MAGICLINKS
        // EAGAIN: something was renamed meanwhile, so that `..` might have led out (openat2(2)). A container can cause that
        // forever.
        var result: CInt = -1
        for _ in 0..<1_000 {
            result = unsafe path.withPlatformString { path in
                kernelCall { unsafe linux_openat2(descriptor.file.rawValue, path, flags, 0, resolve) }
            }
            guard result < 0, SystemError.lastCode == .resourceTemporarilyUnavailable else { break }
        }
        return try .returned(result, "open", "\(path) in the container")
    }
}
