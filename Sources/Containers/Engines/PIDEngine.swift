internal import LinuxSystem
internal import SystemPackage

/// `pid:4242`: the namespaces of a process, whoever made them.
struct PIDEngine: ProcessEngine {
    let name = "pid"
    let abilities = EngineAbilities()
    let namesContainers = false

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        guard let id = Int32(name), id > 0, String(id) == name else {
            throw ContainerError(.invalidReference, "'pid:\(name)' is no process: write a number, such as pid:4242")
        }
        return claim(id)
    }

    /// The init processes of PID namespaces below this one: what people call a container when no engine is asked.
    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        let claims = processes().filter { id in
            guard let status = try? ProcessStatus(of: id), !status.hasEnded else { return false }
            return isInitOfNamespace(id)
        }.map(claim)
        return (claims, [])
    }

    private func claim(_ id: Int32) -> ContainerClaim {
        ContainerClaim(name: String(id), process: id, proof: { (_, _) in })
    }
}

/// The numbers of all processes that can be seen, in order.
func processes() -> [Int32] {
    ((try? directoryEntries("/proc")) ?? []).compactMap { Int32($0) }.sorted()
}

/// Whether a process is number 1 in a PID namespace below this one.
func isInitOfNamespace(_ process: Int32) -> Bool {
    let ids = (try? namespaceIDs(of: process)) ?? []
    return ids.count > 1 && ids.last == 1
}
