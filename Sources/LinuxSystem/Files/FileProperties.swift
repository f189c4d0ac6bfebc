internal import CLinux
internal import Glibc
public import SystemPackage

/// Runs calls with the file system user and group ids of the calling thread changed: `setfsuid(2)`. The files that they make
/// belong to these, and the calls have no other permissions.
///
/// A file system that belongs to a user namespace refuses files of an owner who has no id there (EOVERFLOW).
public func withFileSystemIDs<Value: ~Copyable>(
    _ user: UInt32, _ group: UInt32, _ body: () throws(SystemError) -> Value
) throws(SystemError) -> Value {
    // The group first, and last on the way back, since only root may set either.
    let groupBefore = linux_setfsgid(group)
    let userBefore = linux_setfsuid(user)
    defer {
        _ = linux_setfsuid(UInt32(bitPattern: userBefore))
        _ = linux_setfsgid(UInt32(bitPattern: groupBefore))
    }
    return try body()
}

/// Returns the value of an extended attribute of a file as text, or nil when the file has none of that name: xattr(7). To read
/// `trusted.` attributes takes CAP_SYS_ADMIN.
public func extendedAttribute(_ name: String, of path: FilePath) throws(SystemError) -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe path.withPlatformString { path in
        kernelCall { unsafe getxattr(path, name, &bytes, bytes.count) }
    }
    guard count >= 0 else {
        let error = SystemError.last("read \(name) of", path.string)
        if error.code == .noData || error.code == .notSupported { return nil }
        throw error
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
}

/// Returns whether a block device, or a partition of it, is in exclusive use: by a mounted file system, swap, or a driver on
/// top such as md or device mapper.
///
/// An exclusive open(2) fails with EBUSY then: O_EXCL without O_CREAT. O_NONBLOCK opens drives without a medium.
public func isBlockDeviceInUse(_ path: FilePath) throws(SystemError) -> Bool {
    let result = unsafe path.withPlatformString { path in
        kernelCall { unsafe open(path, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC) }
    }
    if result >= 0 {
        close(result)
        return false
    }
    switch SystemError.lastCode {
    case .resourceBusy: return true
    case .noSuchFileOrDirectory, .noSuchAddressOrDevice, .operationNotSupportedByDevice, .noMedium: return false
    default: throw .last("open", path.string)
    }
}

extension Errno {
    /// ENOMEDIUM, for which swift-system has no name.
    fileprivate static var noMedium: Errno { Errno(rawValue: ENOMEDIUM) }
}
