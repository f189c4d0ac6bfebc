internal import LinuxSystem
internal import SystemPackage

/// devtmpfs, the file system in which the kernel makes the nodes of all devices. The machine has one, which every mount of
/// devtmpfs shows, in any container. statfs(2) cannot tell it from a tmpfs; mountinfo can.
enum HostDevtmpfs {
    /// The device number of the file system, which never changes. Nil when this program's mounts do not show it, as in a chroot
    /// or in a container that manages others.
    private static let known = (try? MountTable.current())?.devtmpfs

    /// Returns whether a file is in devtmpfs, or in the file system of `hostDev` when that has one of its own.
    static func contains(
        _ file: FileIdentity, in mounts: ContainerMounts?, hostDev: FilePath
    ) throws(SystemError) -> Bool {
        if known == file.device { return true }
        if try isMounted(hostDev, on: file.device) { return true }
        guard known == nil else { return false }
        // A directory of the container is on one of the container's mounts.
        return try mounts?.table().devtmpfs == file.device
    }

    private static func isMounted(_ hostDev: FilePath, on device: UInt64) throws(SystemError) -> Bool {
        let (own, root) = (try FileStatus.of(hostDev).identity, try FileStatus.of("/").identity)
        return own.device == device && root.device != device
    }
}

extension MountTable {
    /// The device number of devtmpfs. Nil when it is not mounted.
    fileprivate var devtmpfs: UInt64? { mounts.first { $0.type == "devtmpfs" }?.fileSystem }
}
