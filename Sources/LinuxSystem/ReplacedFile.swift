internal import Glibc
public import SystemPackage

/// Replaces a file's content as a whole: whoever reads sees the old or the new bytes, also when the writer is killed. Only one
/// process at a time may do so for a file.
///
/// The new bytes are in `PATH.new` first, which is locked as long as somebody writes it: what a killed writer left is
/// overwritten by the next, or goes with ``removeAbandonedTemporary(_:)``. Nothing is flushed to the medium: it is meant for `/run`, whose
/// content a power failure takes with it anyway.
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
        // Whoever cleans up may have been quicker with the lock.
        let current = try ifThere { () throws(SystemError) in try FileStatus.of(temporary).identity }
        guard try descriptor.status().identity == current else { continue }
        do throws(SystemError) {
            try descriptor.write(bytes, named: temporary.string)
            stopPoint()
            return try renameFile(temporary, to: path)
        } catch {
            // One that stays is overwritten by the next.
            try? removeFile(temporary)
            throw error
        }
    }
}

/// Removes a file that a killed ``replaceFile(_:with:permissions:)`` left, unless somebody writes it now.
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

/// Whether what was there is gone: a file, or an empty directory.
private func removeAnything(_ path: FilePath) -> Bool {
    unsafe path.withPlatformString { path in
        kernelCall { unsafe unlink(path) } == 0 || kernelCall { unsafe rmdir(path) } == 0
    }
}
