internal import CLinux
internal import Glibc
public import SystemPackage

/// The identity of a file, equal for all of its names: `st_dev` and `st_ino` of `stat(2)`.
///
/// Valid only while something keeps the file alive, such as an open descriptor or a mount.
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

    /// Device and inode: `4:4026531840`.
    public var description: String { "\(device):\(inode)" }
}

/// The type and number of a device: `mknod(2)`, Linux's admin-guide/devices.
public struct DeviceNumber: Hashable, Sendable, CustomStringConvertible {
    /// The type of a device.
    public enum Kind: String, Hashable, Sendable { case character = "c", block = "b" }

    /// The type: character or block.
    public let kind: Kind
    /// The major number, which stands for the driver.
    public let major: UInt32
    /// The minor number, which stands for one of the driver's devices.
    public let minor: UInt32

    /// A device number from its parts.
    public init(_ kind: Kind, _ major: UInt32, _ minor: UInt32) {
        self.kind = kind
        self.major = major
        self.minor = minor
    }

    /// The block device on which a file is, by its identity. For a file system without one, a number that no device has.
    public init(holding file: FileIdentity) {
        self.init(.block, linux_major(dev_t(file.device)), linux_minor(dev_t(file.device)))
    }

    /// `c 21:3`, in the notation of control groups.
    public var description: String { "\(kind.rawValue) \(major):\(minor)" }

    /// Both numbers as a `dev_t`.
    public var raw: UInt64 { UInt64(linux_makedev(major, minor)) }
}

/// The status of a file: `stat(2)`.
public struct FileStatus: Hashable, Sendable {
    /// The type of a file.
    public enum Kind: Hashable, Sendable { case regular, directory, symbolicLink, device(DeviceNumber), other }

    /// The identity.
    public let identity: FileIdentity
    /// The type.
    public let kind: Kind
    /// The permission bits, at most `0o7777`.
    public let mode: UInt32
    /// The owner's user id, as seen in the user namespace of this process.
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

    /// Returns the status of the file at a path on the host. With `followingLinks` false a symbolic link itself.
    public static func of(_ path: FilePath, followingLinks: Bool = true) throws(SystemError) -> FileStatus {
        var status = stat()
        let flags = followingLinks ? 0 : AT_SYMLINK_NOFOLLOW
        let result = unsafe path.withPlatformString { path in
            kernelCall { unsafe fstatat(AT_FDCWD, path, &status, flags) }
        }
        guard result == 0 else { throw .last("stat", path.string) }
        return FileStatus(status)
    }

    /// Returns what the kernel has cached of the file behind a link of proc, `/proc/PID/fd/3`. It does not ask a server of the
    /// file system, which may never answer.
    public static func cached(_ path: String) throws(SystemError) -> FileStatus {
        var status = stat()
        // There may be very many, and to make a FilePath takes longer than the call.
        guard kernelCall({ unsafe linux_stat_cached(path, &status) }) == 0 else { throw .last("statx", path) }
        return FileStatus(status)
    }

    /// The device number. Nil when the file is not a device node.
    public var device: DeviceNumber? {
        if case .device(let number) = kind { number } else { nil }
    }
}
