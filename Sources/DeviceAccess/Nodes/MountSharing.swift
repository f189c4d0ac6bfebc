internal import LinuxSystem
internal import SystemPackage

extension ContainerMounts {
    /// Whether what is mounted in a directory of the container's shows on the host too: mount_namespaces(7), on peer
    /// groups. Engines cut a container's mounts off from the host's; who only unshares may leave them shared.
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
