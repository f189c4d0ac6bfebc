internal import Glibc
public import SystemPackage

/// Replaces a file's content as a whole: readers see the old or the new bytes, also when the writer is killed. Only one process
/// at a time may do so for a file.
///
/// The new bytes are in `PATH.new` first, which is locked while it is written. What a killed writer left is overwritten by the
/// next one, or removed by ``removeAbandonedTemporary(_:)``. Nothing is flushed to the medium, since `/run`, for which this is
/// made, does not outlive a power failure.
public func replaceFile(_ path: FilePath, with bytes: [UInt8], permissions: FilePermissions) throws(SystemError) {
    var temporary = FilePath(path.string + ".new")
    while true {
        let descriptor: Descriptor
        do throws(SystemError) {
            descriptor = try Descriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate, .noFollow], permissions: permissions)
        } catch {
            guard error.code == .fileExists else { throw error }
            if !removeAnything(temporary) {
                temporary = FilePath("\(path.string).\(UInt32.random(in: .min ... .max)).new")
            }
            continue
        }
        try descriptor.lock(until: .now, named: temporary)
        // A process that cleans up may have taken the lock first.
        let current = try ifThere { () throws(SystemError) in try FileStatus.of(temporary).identity }
        guard try descriptor.status().identity == current else { continue }
        do throws(SystemError) {
            try descriptor.write(bytes, named: temporary.string)
            stopPoint()
            return try renameFile(temporary, to: path)
        } catch {
            // A file that remains is overwritten by the next one.
            try? removeFile(temporary)
            throw error
        }
    }
}

/// Removes a file that a killed ``replaceFile(_:with:permissions:)`` left, unless a process is writing it.
public func removeAbandonedTemporary(_ temporary: FilePath) throws(SystemError) {
    let status = try ifThere { () throws(SystemError) in try FileStatus.of(temporary, followingLinks: false) }
    guard status?.kind == .regular else { return }
    let descriptor = try Descriptor.open(temporary, .writeOnly, options: [.noFollow, .nonBlocking])
    do throws(SystemError) {
        try descriptor.lock(until: .now, named: temporary)
    } catch {
        guard error.code == .resourceTemporarilyUnavailable else { throw error }
        return
    }
    let current = try ifThere { () throws(SystemError) in try FileStatus.of(temporary).identity }
    if try descriptor.status().identity == current { try removeFile(temporary) }
}

/// Removes a file or an empty directory. Returns whether it is gone.
private func removeAnything(_ path: FilePath) -> Bool {
    unsafe path.withPlatformString { path in
        kernelCall { unsafe unlink(path) } == 0 || kernelCall { unsafe rmdir(path) } == 0
    }
}

/// New content for an existing file, written to the medium beside it and then renamed to its name: readers see the old or the
/// new bytes, also after a kill or a power failure. The owner, the group and the mode stay. Of a symbolic link the target is
/// replaced. Content that is never put in place is removed.
public final class PreparedFile {
    private let target: FilePath
    private let temporary: FilePath
    private var isInPlace = false

    /// Writes the bytes beside the file. Only one process at a time may do so for a file. What a killed process left is
    /// overwritten.
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
        // The owner first, since a change of owner clears the set-id bits of the mode.
        guard kernelCall({ fchown(raw, status.user, status.group) }) == 0,
            kernelCall({ fchmod(raw, status.mode) }) == 0, kernelCall({ fsync(raw) }) == 0
        else {
            throw .last("write", temporary.string)
        }
        stopPoint()
    }

    // A file that remains is overwritten by the next one.
    deinit { if !isInPlace { try? removeFile(temporary) } }

    /// Replaces the file.
    public func putInPlace() throws(SystemError) {
        try renameFile(temporary, to: target)
        isInPlace = true
        stopPoint()
        // The name is in the directory, which has to reach the medium too.
        let directory = try Directory(target.removingLastComponent())
        guard kernelCall({ fsync(directory.descriptor.file.rawValue) }) == 0 else {
            throw .last("sync", directory.name.string)
        }
    }
}
