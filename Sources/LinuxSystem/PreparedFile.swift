internal import Glibc
public import SystemPackage

/// New content for a file that is there, on the medium beside it and not yet in its place: whoever reads sees the old or
/// the new bytes, also after a kill or a power failure. It keeps the owner, the group and the mode, and is written where
/// a symbolic link leads. One that never gets into place is removed.
public final class PreparedFile {
    private let target: FilePath
    private let temporary: FilePath
    private var isInPlace = false

    /// Writes the bytes. Only one process at a time may do so for a file: what a killed one left is overwritten.
    public init(replacing path: FilePath, with bytes: [UInt8]) throws(SystemError) {
        target = try resolvedPath(path)
        let status = try FileStatus.of(target)
        temporary = target.removingLastComponent().appending(".\(target.lastComponent?.string ?? "").hostdev")
        try removeFile(temporary)
        let descriptor = try Descriptor.open(
            temporary, .readWrite, options: [.create, .exclusiveCreate, .noFollow], permissions: [.ownerReadWrite])
        stopPoint()
        try descriptor.write(bytes, named: temporary.string)
        let raw = descriptor.file.rawValue
        // The owner first: a change of owner takes the set-id bits of the mode away.
        guard kernelCall({ fchown(raw, status.user, status.group) }) == 0,
            kernelCall({ fchmod(raw, status.mode) }) == 0, kernelCall({ fsync(raw) }) == 0
        else {
            throw .last("write", temporary.string)
        }
        stopPoint()
    }

    // What stays is overwritten by the next one.
    deinit { if !isInPlace { try? removeFile(temporary) } }

    /// Puts it in the place of the file.
    public func putInPlace() throws(SystemError) {
        try renameFile(temporary, to: target)
        isInPlace = true
        stopPoint()
        // The name is in the folder, which is another file.
        let folder = try Directory(target.removingLastComponent())
        guard kernelCall({ fsync(folder.descriptor.file.rawValue) }) == 0 else {
            throw .last("sync", folder.name.string)
        }
    }
}
