public import LinuxSystem
internal import SystemPackage

/// The file system in which the kernel makes the nodes of all devices, devtmpfs: the machine has one, and who mounts it
/// anew, in whatever container, has that one. statfs(2) cannot tell it from a tmpfs; tables of mounts can.
enum DeviceFileSystem {
    /// The number of what this program's own mounts show, which all containers' have: it never changes. Nil: they do not show
    /// it, as in a container that manages others, or a chroot.
    private static let known = (try? MountTable.current())?.deviceFileSystem

    /// Whether something is in it that was found in a container, or below `hostDev`, which has the host's nodes when that is
    /// a file system of its own.
    static func contains(
        _ file: FileIdentity, in mounts: ContainerMounts?, hostDev: FilePath
    ) throws(SystemError) -> Bool {
        if known == file.device { return true }
        if try isMounted(hostDev, on: file.device) { return true }
        guard known == nil else { return false }
        // What is in a directory of the container's is on one of its mounts.
        return try mounts?.table().deviceFileSystem == file.device
    }

    private static func isMounted(_ hostDev: FilePath, on device: UInt64) throws(SystemError) -> Bool {
        let (own, root) = (try FileStatus.of(hostDev).identity, try FileStatus.of("/").identity)
        return own.device == device && root.device != device
    }
}

extension MountTable {
    /// The number of devtmpfs; nil where it is not mounted.
    fileprivate var deviceFileSystem: UInt64? { mounts.first { $0.type == "devtmpfs" }?.fileSystem }
}

extension ContainerMounts {
    /// What is mounted in the container.
    func table() throws(SystemError) -> MountTable {
        // What is mounted at /proc in the container is the container's to say: the host's, held open, shows it as well.
        let proc = try RootDirectory("/proc")
        return MountTable(try inside { () throws(SystemError) in try proc.bytes("thread-self/mountinfo") })
    }

    /// Whether a file of the container's is in the host's devtmpfs, or in whatever the host has its nodes.
    public func isHosts(_ file: FileIdentity) throws(DeviceAccessError) -> Bool {
        try attempting("look at the container's /dev") { () throws(SystemError) in
            try DeviceFileSystem.contains(file, in: self, hostDev: "/dev")
        }
    }
}
