internal import CLinux
public import SystemPackage

/// A namespace that is held open, and so lives at least as long as this value: namespaces(7).
public struct Namespace: ~Copyable, Sendable {
    /// The kinds of namespaces that are entered or compared.
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

    /// The kind.
    public let kind: Kind
    /// The identity, equal for two descriptors of the same namespace.
    public let identity: FileIdentity
    /// The open descriptor, for `IFLA_NET_NS_FD`, mounts and `setns(2)`.
    public let descriptor: Descriptor

    /// Takes ownership of a descriptor of a namespace of that kind.
    init(_ kind: Kind, owning descriptor: consuming Descriptor) throws(SystemError) {
        identity = try descriptor.status().identity
        self.kind = kind
        self.descriptor = descriptor
    }

    /// Opens `/proc/PID/ns/KIND`, or a file on which a namespace is bind-mounted. The error is EINVAL when the path leads to
    /// something else, or to a namespace of another kind.
    public init(_ kind: Kind, path: FilePath) throws(SystemError) {
        let descriptor = try Descriptor.open(path)
        let found = kernelCall { linux_namespace_kind(descriptor.file.rawValue) }
        // ENOTTY: it is no namespace.
        guard found >= 0 || SystemError.lastCode == .inappropriateIOCTLForDevice else {
            throw .last("ask for the kind of", path.string)
        }
        guard found == kind.flag else {
            throw SystemError(.invalidArgument, "use as \(kind.rawValue) namespace", path.string)
        }
        try self.init(kind, owning: descriptor)
    }

    /// Opens a file on which a namespace is bind-mounted. Follows no symbolic link, since a link keeps no namespace alive: the
    /// error is ELOOP then, and EINVAL for anything else.
    public init(_ kind: Kind, mountedOn path: FilePath) throws(SystemError) {
        let options = FileDescriptor.OpenOptions(rawValue: linux_O_PATH | linux_O_NOFOLLOW)
        let handle = try Descriptor.open(path, options: options)
        guard try handle.fileSystem() == linux_NSFS_MAGIC else {
            let isLink = try handle.status().kind == .symbolicLink
            throw SystemError(isLink ? .tooManySymbolicLinkLevels : .invalidArgument, "use as namespace", path.string)
        }
        try self.init(kind, path: FilePath("/proc/thread-self/fd/\(handle.file.rawValue)"))
    }

    /// Opens the calling thread's own namespace.
    public static func current(_ kind: Kind) throws(SystemError) -> Namespace {
        try Namespace(kind, path: FilePath("/proc/thread-self/ns/\(kind.rawValue)"))
    }

    /// Returns another descriptor of the same namespace.
    public func duplicate() throws(SystemError) -> Namespace {
        try Namespace(kind, owning: descriptor.duplicate())
    }

    /// Moves the calling thread into the namespace, for good. Call it on a thread that is made for it: ``onOwnThread(_:)``. For
    /// network namespaces there is ``visit(_:)``.
    ///
    /// A thread that shares its root and working directory with its process cannot enter a mount namespace (EINVAL, setns(2)),
    /// so the sharing ends first.
    public func enter() throws(SystemError) {
        if kind == .mount, kernelCall({ linux_unshare(linux_CLONE_FS) }) != 0 { throw .last("unshare", "CLONE_FS") }
        guard kernelCall({ linux_setns(descriptor.file.rawValue, kind.flag) }) == 0 else {
            throw .last("setns", "\(kind.rawValue) namespace \(identity)")
        }
    }
}

/// Returns whether a path is a link of proc(5), such as `/proc/4242/ns/net`.
public func isProcessLink(_ path: FilePath) throws(SystemError) -> Bool {
    let options = FileDescriptor.OpenOptions(rawValue: linux_O_PATH | linux_O_NOFOLLOW)
    let handle = try Descriptor.open(path, options: options)
    guard try handle.status().kind == .symbolicLink else { return false }
    return try handle.fileSystem() == linux_PROC_SUPER_MAGIC
}

extension Descriptor {
    /// Returns the type of the file system that contains the file: fstatfs(2).
    fileprivate func fileSystem() throws(SystemError) -> Int {
        let type = linux_file_system(file.rawValue)
        guard type >= 0 else { throw .last("statfs", "descriptor \(file.rawValue)") }
        return type
    }
}

extension Namespace {
    /// Returns the user who made the user namespace of a process: NS_GET_OWNER_UID of ioctl_ns(2), Linux 4.11.
    public static func owner(ofUserNamespaceOf process: Int32) throws(SystemError) -> UInt32 {
        let path = processFile(process, "ns/user")
        let descriptor = try Descriptor.open(path)
        var user: uid_t = 0
        guard unsafe linux_namespace_owner(descriptor.file.rawValue, &user) == 0 else {
            throw .last("ask for the owner of", path.string)
        }
        return user
    }

    /// Runs a body with the calling thread in this network namespace, and moves the thread back. Use it to make something that
    /// stays in the namespace, such as a socket; a thread of its own would take ten times as long.
    ///
    /// The way back cannot fail, since the thread's namespace is held open and the thread may enter both. If it fails all the
    /// same, the process ends, since anything further would happen in the wrong namespace.
    public func visit<Value: ~Copyable>(_ body: () throws -> Value) throws -> Value {
        precondition(kind == .network, "a thread that visits a mount namespace would keep its root")
        let home = try Namespace.current(.network)
        try enter()
        defer {
            // Without ``kernelCall(_:)``, so that no test makes it fail.
            let isHome = linux_setns(home.descriptor.file.rawValue, home.kind.flag) == 0
            if !isHome { fatalError("no way back from network namespace \(identity)") }
        }
        return try body()
    }
}

/// Moves the calling thread into new namespaces: `unshare(2)`. All mounts of a new mount namespace are private.
public func unshareNamespaces(_ kinds: [Namespace.Kind]) throws(SystemError) {
    let flags = kinds.reduce(0) { $0 | $1.flag }
    guard kernelCall({ linux_unshare(flags) }) == 0 else {
        throw .last("unshare", kinds.map(\.rawValue).joined(separator: ", "))
    }
    if kinds.contains(.mount) { try Mount.makePrivate("/") }
}
