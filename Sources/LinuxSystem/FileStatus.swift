internal import CLinux
internal import Glibc
public import SystemPackage

/// Which file of which file system: equal for two names of one file, `stat(2)`'s `st_dev` and `st_ino`.
///
/// Valid as an identity only while something keeps the file alive: an open descriptor, a mount.
public struct FileIdentity: Hashable, Sendable, CustomStringConvertible {
    /// The file system's device number.
    public let device: UInt64
    /// The inode number.
    public let inode: UInt64

    /// An identity from its two numbers.
    public init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    /// `4:4026531840`, as the kernel writes namespaces: device and inode.
    public var description: String { "\(device):\(inode)" }
}

/// The type and number of a device: `mknod(2)`, Linux's admin-guide/devices.
public struct DeviceNumber: Hashable, Sendable, CustomStringConvertible {
    /// Which of the two tables of device numbers.
    public enum Kind: String, Hashable, Sendable { case character = "c", block = "b" }

    /// Character or block.
    public let kind: Kind
    /// Which driver.
    public let major: UInt32
    /// Which of the driver's devices.
    public let minor: UInt32

    /// A device number from its parts.
    public init(_ kind: Kind, _ major: UInt32, _ minor: UInt32) {
        self.kind = kind
        self.major = major
        self.minor = minor
    }

    /// `c 21:3`, the device cgroup's notation.
    public var description: String { "\(kind.rawValue) \(major):\(minor)" }

    /// The kernel's combined form.
    public var raw: UInt64 { UInt64(linux_makedev(major, minor)) }
}

/// What `stat(2)` says of a file.
public struct FileStatus: Hashable, Sendable {
    /// What kind of file.
    public enum Kind: Hashable, Sendable { case regular, directory, symbolicLink, device(DeviceNumber), other }

    /// Which file.
    public let identity: FileIdentity
    /// What kind of file.
    public let kind: Kind
    /// The permission bits, without the kind: `0o7777` at most.
    public let mode: UInt32
    /// The owner's user id, as the reading process's user namespace sees it.
    public let user: UInt32
    /// The group id.
    public let group: UInt32
    /// The size in bytes.
    public let size: Int64

    init(_ status: stat) {
        identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        mode = UInt32(status.st_mode & 0o7777)
        user = status.st_uid
        group = status.st_gid
        size = Int64(status.st_size)
        let number = (linux_major(status.st_rdev), linux_minor(status.st_rdev))
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            case S_IFCHR: .device(DeviceNumber(.character, number.0, number.1))
            case S_IFBLK: .device(DeviceNumber(.block, number.0, number.1))
            default: .other
            }
    }

    /// What is at a path of the host's; the last component is not followed when `followingLinks` is false.
    public static func of(_ path: FilePath, followingLinks: Bool = true) throws(SystemError) -> FileStatus {
        var status = stat()
        let flags = followingLinks ? 0 : AT_SYMLINK_NOFOLLOW
        let result = unsafe path.withPlatformString { path in
            kernelCall { unsafe fstatat(AT_FDCWD, path, &status, flags) }
        }
        guard result == 0 else { throw .last("stat", path.string) }
        return FileStatus(status)
    }

    /// What the kernel knows of the file behind a link of proc, `/proc/PID/fd/3`, without asking whoever serves its file
    /// system, who may never answer.
    public static func cached(_ path: String) throws(SystemError) -> FileStatus {
        var status = stat()
        // There are as many as all processes have open, so the path is no FilePath, which takes longer than the call.
        guard kernelCall({ unsafe linux_stat_known(path, &status) }) == 0 else { throw .last("statx", path) }
        return FileStatus(status)
    }

    /// The device, where the file is one.
    public var device: DeviceNumber? {
        if case .device(let number) = kind { number } else { nil }
    }
}
