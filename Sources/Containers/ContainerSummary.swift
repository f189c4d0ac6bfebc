internal import LinuxSystem
internal import SystemPackage

/// A line of `hostdev containers`.
public struct ContainerSummary: Hashable, Sendable {
    /// Its full reference.
    public let reference: ContainerReference
    /// Its init process's number on the host, where it has one.
    public let process: Int32?
    /// When that started, in clock ticks after boot.
    let startTime: UInt64?
    /// Whether it has a user namespace of its own.
    public let hasUserNamespace: Bool
    /// Its control group, in the unified hierarchy if there, else in that of devices.
    public let group: String?
}

extension ContainerSummary {
    /// Looks at a process while it is pinned. Nil: it is not the one that was meant, or runs no more.
    init?(_ reference: ContainerReference, process id: Int32, proof: ProcessProof, host: HostView) {
        guard let descriptor = try? ProcessDescriptor(id), let status = try? ProcessStatus(of: id), !status.hasEnded,
            (try? proof(id, status)) != nil
        else { return nil }
        let users = try? FileStatus.of(processFile(id, "ns/user")).identity
        let groups = (try? DeviceControlGroups(of: id, mounts: host.mounts)) ?? DeviceControlGroups()
        guard descriptor.isAlive else { return nil }
        self.init(
            reference: reference, process: id, startTime: status.startTime, hasUserNamespace: users != host.users,
            group: (groups.v2 ?? groups.v1)?.path)
    }
}

extension ContainerSummary {
    /// Pins the container, without asking its engine again.
    public func pinned() throws(ContainerError) -> Container {
        guard let process, let startTime else { return try Containers.container(reference) }
        return try Container(reference, process: process, startTime: startTime)
    }
}

/// What containers are compared with, read once for all of them.
struct HostView {
    let users = try? FileStatus.of("/proc/self/ns/user").identity
    let mounts = (try? MountTable.current()) ?? MountTable([])
}
