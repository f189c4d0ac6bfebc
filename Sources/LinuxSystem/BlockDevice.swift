internal import Glibc
public import SystemPackage

/// Whether somebody has a block device for himself: a mounted file system, swap, a driver on top of it such as md or
/// device mapper; of a disk also when that is about one of its partitions.
///
/// Asked by an exclusive open(2): O_EXCL without O_CREAT is EBUSY then. O_NONBLOCK leaves drives without a medium alone.
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
    /// ENOMEDIUM, which swift-system has no name for.
    fileprivate static var noMedium: Errno { Errno(rawValue: ENOMEDIUM) }
}
