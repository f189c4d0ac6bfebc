internal import LinuxSystem
internal import SystemPackage

/// `pid:4242`: the namespaces of a process, whoever made them.
struct PIDEngine: ContainerEngine {
    let name = "pid"

    func container(_ name: String) throws(ContainerError) -> Container {
        guard let id = Int32(name), id > 0, String(id) == name else {
            throw ContainerError(.invalidReference, "'pid:\(name)' is no process: write a number, such as pid:4242")
        }
        return try Container(ContainerReference(engine: self.name, name: name), process: id)
    }

    /// The init processes of PID namespaces below this one: what people call a container when no engine is asked.
    func running() throws(ContainerError) -> [ContainerSummary] {
        guard let entries = try? directoryEntries("/proc") else { return [] }
        let ownUsers = try? FileStatus.of("/proc/self/ns/user").identity
        return entries.compactMap { Int32($0) }.sorted().compactMap { id in
            guard let status = try? ProcessStatus(of: id), !status.hasEnded, status.namespaceIDs.count > 1,
                status.namespaceIDs.last == 1
            else { return nil }
            let users = try? FileStatus.of(processFile(id, "ns/user")).identity
            let groups = try? DeviceControlGroups(of: id)
            return ContainerSummary(
                reference: ContainerReference(engine: name, name: String(id)), process: id,
                hasUserNamespace: users != ownUsers, group: (groups?.v2 ?? groups?.v1)?.path)
        }
    }
}
