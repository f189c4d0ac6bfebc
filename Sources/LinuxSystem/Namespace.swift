internal import CLinux
public import SystemPackage

/// A namespace that is held open: it lives at least as long as this value (namespaces(7)).
public struct Namespace: ~Copyable, Sendable {
    /// The kinds that hostdev enters or compares.
    public enum Kind: String, Hashable, Sendable {
        case network = "net"
        case mount = "mnt"

        var flag: CInt {
            switch self {
            case .network: linux_CLONE_NEWNET
            case .mount: linux_CLONE_NEWNS
            }
        }
    }

    /// What kind of namespace.
    public let kind: Kind
    /// Which namespace: equal for two descriptors of the same one.
    public let identity: FileIdentity
    /// The open descriptor, for `IFLA_NET_NS_FD`, mounts and `setns(2)`.
    public let descriptor: Descriptor

    /// Takes a descriptor that is known to be one of that kind.
    init(_ kind: Kind, owning descriptor: consuming Descriptor) throws(SystemError) {
        identity = try descriptor.status().identity
        self.kind = kind
        self.descriptor = descriptor
    }

    /// Opens `/proc/PID/ns/KIND`, or a file on which a namespace is bind-mounted. EINVAL: the path leads to something
    /// else, or to a namespace of another kind.
    public init(_ kind: Kind, path: FilePath) throws(SystemError) {
        let descriptor = try Descriptor.open(path)
        let found = kernelCall { linux_namespace_kind(descriptor.file.rawValue) }
        // ENOTTY: no namespace at all.
        guard found >= 0 || SystemError.lastCode == .inappropriateIOCTLForDevice else {
            throw .last("ask for the kind of", path.string)
        }
        guard found == kind.flag else {
            throw SystemError(.invalidArgument, "use as \(kind.rawValue) namespace", path.string)
        }
        try self.init(kind, owning: descriptor)
    }

    /// Opens a file on which a namespace is mounted, itself and nothing to which it would lead. ELOOP: it is a symbolic
    /// link, which keeps no namespace alive. EINVAL: it is something else.
    public init(_ kind: Kind, mountedOn path: FilePath) throws(SystemError) {
        let options = FileDescriptor.OpenOptions(rawValue: linux_O_PATH | linux_O_NOFOLLOW)
        let handle = try Descriptor.open(path, options: options)
        guard try handle.fileSystem() == linux_NSFS_MAGIC else {
            let isLink = try handle.status().kind == .symbolicLink
            throw SystemError(isLink ? .tooManySymbolicLinkLevels : .invalidArgument, "use as namespace", path.string)
        }
        try self.init(kind, path: FilePath("/proc/thread-self/fd/\(handle.file.rawValue)"))
    }

    /// The calling thread's own.
    public static func current(_ kind: Kind) throws(SystemError) -> Namespace {
        try Namespace(kind, path: FilePath("/proc/thread-self/ns/\(kind.rawValue)"))
    }

    /// Another descriptor of the same namespace.
    public func duplicate() throws(SystemError) -> Namespace {
        try Namespace(kind, owning: descriptor.duplicate())
    }

    /// Moves the calling thread into it. Call it on a thread made for that (``onOwnThread(_:)``): nothing moves back. For a
    /// network namespace there is ``visit(_:)``.
    ///
    /// A thread shares its root and working directory with its process, and the kernel refuses a mount namespace to
    /// such a thread (EINVAL, setns(2)): the share ends first.
    public func enter() throws(SystemError) {
        if kind == .mount, kernelCall({ linux_unshare(linux_CLONE_FS) }) != 0 { throw .last("unshare", "CLONE_FS") }
        guard kernelCall({ linux_setns(descriptor.file.rawValue, kind.flag) }) == 0 else {
            throw .last("setns", "\(kind.rawValue) namespace \(identity)")
        }
    }
}

/// Whether a path is that of a link of proc(5), such as `/proc/4242/ns/net`: it leads to what a process has now.
public func isProcessLink(_ path: FilePath) throws(SystemError) -> Bool {
    let options = FileDescriptor.OpenOptions(rawValue: linux_O_PATH | linux_O_NOFOLLOW)
    let handle = try Descriptor.open(path, options: options)
    guard try handle.status().kind == .symbolicLink else { return false }
    return try handle.fileSystem() == linux_PROC_SUPER_MAGIC
}

extension Descriptor {
    /// The type of the file system that the file is in: fstatfs(2).
    fileprivate func fileSystem() throws(SystemError) -> Int {
        let type = linux_file_system(file.rawValue)
        guard type >= 0 else { throw .last("statfs", "descriptor \(file.rawValue)") }
        return type
    }
}

extension Namespace {
    /// Which user's a user namespace is, one of whose processes is given: the one who made it. NS_GET_OWNER_UID of
    /// ioctl_ns(2), Linux 4.11.
    public static func owner(ofUserNamespaceOf process: Int32) throws(SystemError) -> UInt32 {
        let path = processFile(process, "ns/user")
        let descriptor = try Descriptor.open(path)
        var user: uid_t = 0
        guard unsafe linux_namespace_owner(descriptor.file.rawValue, &user) == 0 else {
            throw .last("ask for the owner of", path.string)
        }
        return user
    }
}

extension Namespace {
    /// Runs a body with the calling thread in this network namespace, and takes the thread back to its own: for what is made
    /// there and then used from anywhere, such as a socket. A thread made for that would cost ten times as much.
    ///
    /// The way back cannot fail, since that namespace is held open, and who may enter one may enter the other. If it does,
    /// the process ends: whatever the thread did next would happen in the wrong place.
    public func visit<Value: ~Copyable>(_ body: () throws -> Value) throws -> Value {
        precondition(kind == .network, "a thread that visits a mount namespace would keep its root")
        let home = try Namespace.current(.network)
        try enter()
        defer {
            // Asked without ``kernelCall(_:)``: no test is to have it fail.
            let isHome = linux_setns(home.descriptor.file.rawValue, home.kind.flag) == 0
            if !isHome { fatalError("no way back from network namespace \(identity)") }
        }
        return try body()
    }
}

/// New namespaces for the calling thread alone: `unshare(2)`. A new mount namespace is cut off from the old one's mounts.
public func unshareNamespaces(_ kinds: [Namespace.Kind]) throws(SystemError) {
    let flags = kinds.reduce(0) { $0 | $1.flag }
    guard kernelCall({ linux_unshare(flags) }) == 0 else {
        throw .last("unshare", kinds.map(\.rawValue).joined(separator: ", "))
    }
    if kinds.contains(.mount) { try Mount.makePrivate("/") }
}
