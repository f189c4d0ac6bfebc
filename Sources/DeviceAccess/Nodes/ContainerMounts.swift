public import LinuxSystem
internal import SystemPackage

/// A container's mount namespace, in which nodes are mounted. In a container with a user namespace no node can be made from
/// outside.
public final class ContainerMounts: Sendable {
    private let namespace: Namespace
    /// The owner of files and directories that are made in the container: the ids of its root, as the host counts.
    let user: UInt32
    let group: UInt32

    /// Takes over the mount namespace, and the ids to which the container's id maps map user 0 and group 0.
    public init(_ namespace: consuming Namespace, rootUser: UInt32, rootGroup: UInt32) {
        self.namespace = namespace
        user = rootUser
        group = rootGroup
    }

    /// Runs calls in the container's mount namespace, on a thread of their own.
    func inside<Value: Sendable>(
        _ body: () throws(SystemError) -> Value
    ) throws(SystemError) -> Value {
        try onOwnThread { () throws(SystemError) in
            try namespace.enter()
            return try body()
        }
    }

    /// Returns what is mounted in the container.
    func table() throws(SystemError) -> MountTable {
        // The container decides what is mounted at its /proc. The host's, held open, shows the container's mounts as well.
        let proc = try RootDirectory("/proc")
        return MountTable(try inside { () throws(SystemError) in try proc.bytes("thread-self/mountinfo") })
    }

    /// Returns whether a file in the container is in the host's devtmpfs, or in the file system of the host's `/dev`.
    public func isHostDevtmpfs(_ file: FileIdentity) throws(DeviceAccessError) -> Bool {
        try attempting("inspect the container's /dev") { () throws(SystemError) in
            try HostDevtmpfs.contains(file, in: self, hostDev: "/dev")
        }
    }

    /// Returns whether what is mounted in a directory of the container also shows on the host, through a peer group:
    /// mount_namespaces(7). Engines make a container's mounts private; those of a process that only unshares may be shared.
    func reachHost(from directory: borrowing Directory) throws(SystemError) -> Bool {
        let file = directory.descriptor.file.rawValue
        let line = try readText(FilePath("/proc/thread-self/fdinfo/\(file)")).lines.first {
            $0.hasPrefix("mnt_id:")
        }
        let number = (line?.fields.last).flatMap { Int($0) }
        guard let mount = try table().mounts.first(where: { $0.id == number }) else {
            throw SystemError(.noSuchFileOrDirectory, "look up the mount of", directory.name.string)
        }
        let host = try MountTable.current().mounts
        return mount.peers.contains { group in host.contains { $0.peers.contains(group) || $0.masters.contains(group) }
        }
    }
}
