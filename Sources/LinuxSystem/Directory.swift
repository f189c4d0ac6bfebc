internal import ByteStrings
internal import CLinux
internal import Glibc
public import SystemPackage

/// An open directory and the changes to its entries. Each takes the name of an entry, never a path, and follows no link:
/// nothing that somebody else puts there meanwhile can lead elsewhere.
public struct Directory: ~Copyable, Sendable {
    /// The directory, opened for reading.
    public let descriptor: Descriptor
    /// How errors call it.
    public let name: FilePath

    init(owning descriptor: consuming Descriptor, name: FilePath) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Opens a directory of the host's.
    public init(_ path: FilePath) throws(SystemError) {
        self.init(owning: try Descriptor.open(path, options: [.directory]), name: path)
    }

    /// The first line of a file that proc or sysfs answers in one read(2), as the text that stands for its bytes.
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

    /// What an entry is, or nil where there is none. A link is not followed.
    public func status(_ entry: String) throws(SystemError) -> FileStatus? {
        var status = stat()
        if kernelCall({ unsafe fstatat(raw, entry, &status, AT_SYMLINK_NOFOLLOW) }) == 0 { return FileStatus(status) }
        if SystemError.lastCode == .noSuchFileOrDirectory { return nil }
        throw .last("stat", path(entry))
    }

    /// Whether its file system is mounted `nodev`: device nodes in it cannot be opened, mount(2).
    public var isNodev: Bool {
        get throws(SystemError) { try mountFlags() & linux_ST_NODEV != 0 }
    }

    /// Whether its file system is mounted read-only, mount(2).
    public var isReadOnly: Bool {
        get throws(SystemError) { try mountFlags() & linux_ST_RDONLY != 0 }
    }

    private func mountFlags() throws(SystemError) -> UInt {
        var status = statvfs()
        guard kernelCall({ unsafe fstatvfs(raw, &status) }) == 0 else { throw .last("statvfs", name.string) }
        return status.f_flag
    }

    /// Opens a directory among the entries. A link is ELOOP or ENOTDIR.
    public func directory(_ entry: String) throws(SystemError) -> Directory {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let descriptor = try Descriptor.returned(
            kernelCall { unsafe openat(raw, entry, flags) }, "open", path(entry))
        return Directory(owning: descriptor, name: name.appending(entry))
    }

    /// Makes a directory. EEXIST: something is there.
    public func makeDirectory(_ entry: String, mode: UInt32 = 0o755) throws(SystemError) {
        guard kernelCall({ unsafe mkdirat(raw, entry, mode) }) == 0 else { throw .last("mkdir", path(entry)) }
    }

    /// Makes a device node without any permission. EEXIST: something is there. EOVERFLOW: the directory's file system
    /// belongs to a user namespace in which this process has no id.
    public func makeNode(_ entry: String, _ device: DeviceNumber) throws(SystemError) {
        let type = device.kind == .block ? linux_S_IFBLK : linux_S_IFCHR
        guard kernelCall({ unsafe mknodat(raw, entry, type, dev_t(device.raw)) }) == 0 else {
            throw .last("mknod", path(entry))
        }
    }

    /// Makes an empty regular file without any permission. EEXIST: something is there.
    public func makeFile(_ entry: String) throws(SystemError) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        _ = try Descriptor.returned(kernelCall { unsafe openat(raw, entry, flags, 0) }, "create", path(entry))
    }

    /// Makes a symbolic link with a text.
    public func makeLink(_ entry: String, to text: String) throws(SystemError) {
        guard kernelCall({ unsafe symlinkat(text, raw, entry) }) == 0 else { throw .last("symlink", path(entry)) }
    }

    /// The text of a symbolic link.
    public func linkText(_ entry: String) throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = kernelCall { unsafe readlinkat(raw, entry, &buffer, buffer.count) }
        guard count >= 0 else { throw .last("readlink", path(entry)) }
        return ByteString(bytes: buffer[..<count].map { UInt8(bitPattern: $0) }).text
    }

    /// Pins the file that an entry is now, with O_PATH: a link itself, a device without opening it.
    public func pin(_ entry: String) throws(SystemError) -> Descriptor {
        try .returned(
            kernelCall { unsafe openat(raw, entry, linux_O_PATH | O_NOFOLLOW | O_CLOEXEC) }, "open", path(entry))
    }

    /// Sets owner, group and mode of an entry that is still the file it was: nothing else is ever touched.
    ///
    /// Pinned and compared first, and changed through that descriptor: who swaps the entry for a link
    /// meanwhile gets nothing changed.
    public func setOwner(
        _ entry: String, ifStill identity: FileIdentity, user: UInt32, group: UInt32, mode: UInt32
    ) throws(SystemError) {
        let opened = try pin(entry)
        guard try opened.status().identity == identity else { throw SystemError(.fileExists, "chown", path(entry)) }
        guard kernelCall({ unsafe fchownat(opened.file.rawValue, "", user, group, linux_AT_EMPTY_PATH) }) == 0 else {
            throw .last("chown", path(entry))
        }
        // fchmod(2) refuses O_PATH descriptors; the link in proc leads to that very file.
        guard kernelCall({ unsafe chmod("/proc/thread-self/fd/\(opened.file.rawValue)", mode) }) == 0 else {
            throw .last("chmod", path(entry))
        }
    }

    /// Gives an entry another name in the same directory. EEXIST: that name is taken, and stays as it is.
    public func rename(_ entry: String, to new: String) throws(SystemError) {
        guard kernelCall({ unsafe linux_rename_noreplace(raw, entry, new) }) == 0 else {
            throw .last("rename", path(new))
        }
    }

    /// Removes an entry that is no directory.
    public func remove(_ entry: String) throws(SystemError) {
        guard kernelCall({ unsafe unlinkat(raw, entry, 0) }) == 0 else { throw .last("unlink", path(entry)) }
    }

    /// Removes an empty directory. ENOTEMPTY: something is in it.
    public func removeDirectory(_ entry: String) throws(SystemError) {
        guard kernelCall({ unsafe unlinkat(raw, entry, AT_REMOVEDIR) }) == 0 else { throw .last("rmdir", path(entry)) }
    }
}
