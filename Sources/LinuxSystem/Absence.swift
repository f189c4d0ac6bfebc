public import SystemPackage

extension SystemError {
    /// Whether the kernel's answer is that what was asked for is not there, or not any more: ENOENT, ENOTDIR of a path, ESRCH of
    /// a process, ENODEV and ENXIO of a device. Any other error leaves open whether it is.
    public var isAbsence: Bool {
        switch code {
        case .noSuchFileOrDirectory, .notDirectory, .noSuchProcess, .operationNotSupportedByDevice,
            .noSuchAddressOrDevice:
            true
        default: false
        }
    }

    /// Whether the machine, and not what was asked for, is to blame: ``Errno/isShortage``.
    public var isShortage: Bool { code.isShortage }
}

extension Errno {
    /// Whether the machine, and not what was asked for, is to blame: no descriptors, no memory, no room, an error of a medium.
    public var isShortage: Bool {
        switch self {
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .noBufferSpace, .noSpace, .ioError,
            .interrupted, .resourceTemporarilyUnavailable:
            true
        default: false
        }
    }
}

/// What a call finds; nil when the kernel says that it is not there. Throws when that could not be found out.
public func ifThere<Value: ~Copyable>(_ look: () throws(SystemError) -> Value) throws(SystemError) -> Value? {
    do throws(SystemError) {
        return try look()
    } catch {
        guard error.isAbsence else { throw error }
        return nil
    }
}

/// The same of what belongs to a process: nil too of one that this one may not look at, which may more than it.
public func ifSeen<Value: ~Copyable>(_ look: () throws(SystemError) -> Value) throws(SystemError) -> Value? {
    do throws(SystemError) {
        return try ifThere(look)
    } catch {
        guard error.code == .permissionDenied || error.code == .notPermitted else { throw error }
        return nil
    }
}

/// Whether something is at a path of the host's. A link that leads nowhere is nothing.
public func exists(_ path: FilePath) throws(SystemError) -> Bool {
    try ifThere { () throws(SystemError) in try FileStatus.of(path) } != nil
}
