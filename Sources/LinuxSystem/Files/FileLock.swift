internal import CLinux
internal import Glibc
public import SystemPackage

/// A lock that one process holds at a time: `flock(2)` on a file that is removed with the lock. It ends with its process.
public struct FileLock: ~Copyable, Sendable {
    private let path: FilePath
    private let descriptor: Descriptor

    /// Waits for the lock until a deadline. The error is EAGAIN when another process held it all the time.
    ///
    /// The holder removes the file at the end. A process that has waited for the removed file begins again with the new one.
    public init(_ path: FilePath, until deadline: ContinuousClock.Instant) throws(SystemError) {
        while true {
            let descriptor = try Descriptor.open(
                path, .readWrite, options: [.create, .noFollow], permissions: [.ownerReadWrite])
            try descriptor.lock(until: deadline, named: path)
            let current = try ifThere { () throws(SystemError) in try FileStatus.of(path).identity }
            if try descriptor.status().identity == current {
                self.path = path
                self.descriptor = descriptor
                return
            }
        }
    }

    /// Returns whether a process holds the lock now. Throws when that cannot be found out.
    public static func isHeld(_ path: FilePath) throws(SystemError) -> Bool {
        guard
            let descriptor = try ifThere({ () throws(SystemError) in try Descriptor.open(path, options: .nonBlocking) })
        else { return false }
        if kernelCall({ flock(descriptor.file.rawValue, LOCK_SH | LOCK_NB) }) == 0 { return false }
        guard SystemError.lastCode == .resourceTemporarilyUnavailable else { throw .last("lock", path.string) }
        return true
    }

    // The file is removed while the lock is held, so that the next process makes a new one. A file that remains is no lock.
    deinit { try? removeFile(path) }
}

extension Descriptor {
    /// Waits for the lock of the file until a deadline: `flock(2)`, held until the descriptor is closed. The error is EAGAIN
    /// when another process held it all the time.
    public func lock(until deadline: ContinuousClock.Instant, named path: FilePath) throws(SystemError) {
        while kernelCall({ flock(file.rawValue, LOCK_EX | LOCK_NB) }) != 0 {
            let code = SystemError.lastCode
            guard code == .resourceTemporarilyUnavailable, ContinuousClock.now < deadline
            else { throw SystemError(code, "lock", path.string) }
            usleep(2_000)
        }
    }

    /// Takes an open file description lock on the whole file, held until the descriptor is closed: F_OFD_SETLK of fcntl(2),
    /// Linux 3.15. The file has to be open for writing. Returns false when another process holds a lock.
    public func tryOpenFileLock(named path: FilePath) throws(SystemError) -> Bool {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        if kernelCall({ unsafe fcntl(file.rawValue, linux_F_OFD_SETLK, &lock) }) == 0 { return true }
        let code = SystemError.lastCode
        guard code == .resourceTemporarilyUnavailable || code == .permissionDenied else {
            throw SystemError(code, "lock", path.string)
        }
        return false
    }
}
