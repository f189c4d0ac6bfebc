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
    /// Its network namespace; nil where that could not be looked at.
    let network: FileIdentity?
    /// Whether it has a user namespace of its own.
    public let hasUserNamespace: Bool
    /// Its control group, in the unified hierarchy, or in that of devices where it has none of its own there.
    public let group: String?
}

extension ContainerSummary {
    /// Looks at a process while it is pinned. Nil: it is not the one that was meant, or runs no more. Throws when that
    /// cannot be found out.
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
        // For people: what cannot be read is shown as nothing.
        let users = try? FileStatus.of(processFile(id, "ns/user")).identity
        let network = try? FileStatus.of(processFile(id, "ns/net")).identity
        let groups = (try? DeviceControlGroups(of: id, mounts: host.mounts)) ?? DeviceControlGroups()
        guard try engineState({ () throws(SystemError) in try descriptor.isAlive }) == true else { return nil }
        // On a hybrid host an engine may use one of the two alone, and leave the container at the other's top.
        let all = [groups.v2, groups.v1].compactMap(\.self)
        self.init(
            reference: reference, process: id, startTime: status.startTime, network: network,
            hasUserNamespace: users != host.users, group: (all.first { !$0.isRoot } ?? all.first)?.path)
    }
}

extension ContainerSummary {
    /// Pins the container, without asking its engine again.
    public func pinned() throws(ContainerError) -> Container {
        guard let process, let startTime else { return try Containers.container(reference) }
        return try Container(reference, process: process, startTime: startTime)
    }
}

/// What containers are compared with, read once for all of them, for people: where it cannot be read, less is shown.
struct HostView {
    let users = try? FileStatus.of("/proc/self/ns/user").identity
    let mounts = (try? MountTable.current()) ?? MountTable([])
}
