internal import LinuxSystem
internal import SystemPackage

/// What is shown of a running container.
public struct ContainerSummary: Hashable, Sendable {
    /// The full reference.
    public let reference: ContainerReference
    /// The process id of its init process on the host. Nil for a bare network namespace.
    public let process: Int32?
    /// The start time of that process, in clock ticks after boot.
    let startTime: UInt64?
    /// The network namespace. Nil when it could not be read.
    let network: FileIdentity?
    /// Whether it has a user namespace of its own.
    public let hasUserNamespace: Bool
    /// The control group: in the unified hierarchy or, when it has none of its own there, in that of devices.
    public let group: String?
}

extension ContainerSummary {
    /// Reads a process while it is pinned. Returns nil when it is not the container's or has ended. Throws when that cannot be
    /// found out.
    init?(
        _ reference: ContainerReference, process id: Int32, proof: ProcessProof, host: HostView
    ) throws(ContainerError) {
        guard id > 0, let descriptor = try engineState({ () throws(SystemError) in try ProcessDescriptor(id) }),
            let status = try engineState({ () throws(SystemError) in try ProcessStatus(of: id) }), !status.hasEnded
        else { return nil }
        do throws(NotProven) {
            try proof(id, status)
        } catch {
            guard let failure = error.failure else { return nil }
            throw ContainerError(.kernel, "container \(reference): \(failure)")
        }
        // What cannot be read is not shown.
        let users = try? FileStatus.of(processFile(id, "ns/user")).identity
        let network = try? FileStatus.of(processFile(id, "ns/net")).identity
        let groups = (try? DeviceControlGroups(of: id, mounts: host.mounts)) ?? DeviceControlGroups()
        guard try engineState({ () throws(SystemError) in try descriptor.isAlive }) == true else { return nil }
        // On a hybrid host an engine may use only one of the two, and leave the container in the root of the other.
        let all = [groups.v2, groups.v1].compactMap(\.self)
        self.init(
            reference: reference, process: id, startTime: status.startTime, network: network,
            hasUserNamespace: users != host.users, group: (all.first { !$0.isRoot } ?? all.first)?.path)
    }
}

extension ContainerSummary {
    /// Pins the container without asking its engine again.
    public func pinned() throws(ContainerError) -> Container {
        guard let process, let startTime else { return try Containers.container(reference) }
        return try Container(reference, process: process, startTime: startTime)
    }
}

/// What summaries of containers are compared with, read once. What cannot be read is not shown.
struct HostView {
    let users = try? FileStatus.of("/proc/self/ns/user").identity
    let mounts = (try? MountTable.current()) ?? MountTable([])
}
