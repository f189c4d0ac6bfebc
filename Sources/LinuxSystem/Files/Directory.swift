internal import ByteStrings
internal import CLinux
internal import Glibc
public import SystemPackage

/// An open directory, whose entries can be inspected and changed. Every method takes the name of an entry, never a path, and
/// follows no symbolic link, so that nothing that is swapped meanwhile leads elsewhere.
public struct Directory: ~Copyable, Sendable {
    /// The directory, opened for reading.
    public let descriptor: Descriptor
    /// The name in errors.
    public let name: FilePath

    init(owning descriptor: consuming Descriptor, name: FilePath) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Opens a directory on the host.
    public init(_ path: FilePath) throws(SystemError) {
        self.init(owning: try Descriptor.open(path, options: [.directory]), name: path)
    }

    /// Returns the first line of a small file of proc or sysfs, which is read in one call, as ``ByteString/text``.
    public func line(_ entry: String) throws(SystemError) -> String {
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC
        let file = try Descriptor.returned(kernelCall { unsafe openat(raw, entry, flags) }, "open", path(entry))
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = kernelCall { unsafe read(file.file.rawValue, &buffer, buffer.count) }
        guard count >= 0 else { throw .last("read", path(entry)) }
        return ByteString(bytes: buffer[..<count].prefix { $0 != UInt8(ascii: "\n") }).text
    }

    private var raw: CInt { descriptor.file.rawValue }
    private func path(_ entry: String) -> String { name.appending(entry).string }

    /// Returns the status of an entry, or nil when there is none.
    public func status(_ entry: String) throws(SystemError) -> FileStatus? {
        var status = stat()
        if kernelCall({ unsafe fstatat(raw, entry, &status, AT_SYMLINK_NOFOLLOW) }) == 0 { return FileStatus(status) }
        if SystemError.lastCode == .noSuchFileOrDirectory { return nil }
        throw .last("stat", path(entry))
    }

    /// Whether its file system is mounted `nodev`, so that device nodes in it cannot be opened: mount(2).
    public var isNodev: Bool {
        get throws(SystemError) { try mountFlags() & linux_ST_NODEV != 0 }
    }

    /// Whether its file system is mounted read-only: mount(2).
    public var isReadOnly: Bool {
        get throws(SystemError) { try mountFlags() & linux_ST_RDONLY != 0 }
    }

    private func mountFlags() throws(SystemError) -> UInt {
        var status = statvfs()
        guard kernelCall({ unsafe fstatvfs(raw, &status) }) == 0 else { throw .last("statvfs", name.string) }
        return status.f_flag
    }

    /// Opens an entry that is a directory. The error is ELOOP or ENOTDIR when it is a symbolic link.
    public func directory(_ entry: String) throws(SystemError) -> Directory {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let descriptor = try Descriptor.returned(
            kernelCall { unsafe openat(raw, entry, flags) }, "open", path(entry))
        return Directory(owning: descriptor, name: name.appending(entry))
    }

    /// Makes a directory. The error is EEXIST when the name is taken.
    public func makeDirectory(_ entry: String, mode: UInt32 = 0o755) throws(SystemError) {
        guard kernelCall({ unsafe mkdirat(raw, entry, mode) }) == 0 else { throw .last("mkdir", path(entry)) }
    }

    /// Makes a device node without any permission. The error is EEXIST when the name is taken, and EOVERFLOW when the
    /// directory's file system belongs to a user namespace in which this process has no id.
    public func makeNode(_ entry: String, _ device: DeviceNumber) throws(SystemError) {
        let type = device.kind == .block ? linux_S_IFBLK : linux_S_IFCHR
        guard kernelCall({ unsafe mknodat(raw, entry, type, dev_t(device.raw)) }) == 0 else {
            throw .last("mknod", path(entry))
        }
    }

    /// Makes an empty regular file without any permission. The error is EEXIST when the name is taken.
    public func makeFile(_ entry: String) throws(SystemError) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        _ = try Descriptor.returned(kernelCall { unsafe openat(raw, entry, flags, 0) }, "create", path(entry))
    }

    /// Makes a symbolic link with a text. The error is EEXIST when the name is taken.
    public func makeLink(_ entry: String, to text: String) throws(SystemError) {
        guard kernelCall({ unsafe symlinkat(text, raw, entry) }) == 0 else { throw .last("symlink", path(entry)) }
    }

    /// Returns the text of a symbolic link.
    public func linkText(_ entry: String) throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = kernelCall { unsafe readlinkat(raw, entry, &buffer, buffer.count) }
        guard count >= 0 else { throw .last("readlink", path(entry)) }
        return ByteString(bytes: buffer[..<count].map { UInt8(bitPattern: $0) }).text
    }

    /// Opens an entry with O_PATH: a symbolic link itself, and a device node without opening the device.
    public func pin(_ entry: String) throws(SystemError) -> Descriptor {
        try .returned(
            kernelCall { unsafe openat(raw, entry, linux_O_PATH | O_NOFOLLOW | O_CLOEXEC) }, "open", path(entry))
    }

    /// Sets owner, group and mode of an entry, unless it is another file than before. The error is EEXIST then.
    ///
    /// The entry is opened with O_PATH, compared, and changed through that descriptor, so that no other file is ever changed.
    public func setOwner(
        _ entry: String, ifStill identity: FileIdentity, user: UInt32, group: UInt32, mode: UInt32
    ) throws(SystemError) {
        let opened = try pin(entry)
        guard try opened.status().identity == identity else { throw SystemError(.fileExists, "chown", path(entry)) }
        guard kernelCall({ unsafe fchownat(opened.file.rawValue, "", user, group, linux_AT_EMPTY_PATH) }) == 0 else {
            throw .last("chown", path(entry))
        }
        // fchmod(2) refuses O_PATH descriptors. The link in proc leads to the same file.
        guard kernelCall({ unsafe chmod("/proc/thread-self/fd/\(opened.file.rawValue)", mode) }) == 0 else {
            throw .last("chmod", path(entry))
        }
    }

    /// Renames an entry within the directory. The error is EEXIST when the new name is taken.
    public func rename(_ entry: String, to new: String) throws(SystemError) {
        guard kernelCall({ unsafe linux_rename_noreplace(raw, entry, new) }) == 0 else {
            throw .last("rename", path(new))
        }
    }

    /// Removes an entry that is not a directory.
    public func remove(_ entry: String) throws(SystemError) {
        guard kernelCall({ unsafe unlinkat(raw, entry, 0) }) == 0 else { throw .last("unlink", path(entry)) }
    }

    /// Removes an empty directory. The error is ENOTEMPTY when it has entries.
    public func removeDirectory(_ entry: String) throws(SystemError) {
        guard kernelCall({ unsafe unlinkat(raw, entry, AT_REMOVEDIR) }) == 0 else { throw .last("rmdir", path(entry)) }
    }
}
