internal import CLinux
internal import Glibc
public import SystemPackage

/// A lock that one process holds at a time, gone with the process: `flock(2)` on a file that goes with the lock.
public struct FileLock: ~Copyable, Sendable {
    private let path: FilePath
    private let descriptor: Descriptor

    /// Waits for the lock until a deadline. EAGAIN: somebody else had it all the time.
    ///
    /// The holder removes the file when it is done, so who has waited for it holds a lock that nobody else looks for:
    /// it begins again with the file that is there now.
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

    /// Whether somebody holds the lock at this moment. Who looks keeps nobody from taking it for more than an instant. Throws
    /// when it cannot be found out.
    public static func isHeld(_ path: FilePath) throws(SystemError) -> Bool {
        guard
            let descriptor = try ifThere({ () throws(SystemError) in try Descriptor.open(path, options: .nonBlocking) })
        else { return false }
        if kernelCall({ flock(descriptor.file.rawValue, LOCK_SH | LOCK_NB) }) == 0 { return false }
        guard SystemError.lastCode == .resourceTemporarilyUnavailable else { throw .last("lock", path.string) }
        return true
    }

    // Unlinked while it is still held: the next one to open the name makes a file of its own. A file that stays is a lock that
    // nobody holds.
    deinit { try? removeFile(path) }
}

extension Descriptor {
    /// Waits for the lock of the file until a deadline: `flock(2)`, held until the descriptor is closed. EAGAIN: somebody
    /// else had it all the time.
    public func lock(until deadline: ContinuousClock.Instant, named path: FilePath) throws(SystemError) {
        while kernelCall({ flock(file.rawValue, LOCK_EX | LOCK_NB) }) != 0 {
            let code = SystemError.lastCode
            guard code == .resourceTemporarilyUnavailable, ContinuousClock.now < deadline
            else { throw SystemError(code, "lock", path.string) }
            usleep(2_000)
        }
    }
}

extension Descriptor {
    /// Takes the lock of the whole file that belongs to the open file, fcntl(2)'s F_OFD_SETLK of Linux 3.15; held until the
    /// descriptor is closed. False: somebody else has it. The file has to be open for writing.
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
