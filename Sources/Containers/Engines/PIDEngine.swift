internal import LinuxSystem
internal import SystemPackage

/// The namespaces of any process: `pid:4242`.
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

    /// Returns the init processes of the PID namespaces below this one.
    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        var claims: [ContainerClaim] = []
        do throws(ContainerError) {
            for id in try processes() {
                let status = try engineState { () throws(SystemError) in try ProcessStatus(of: id) }
                guard status?.hasEnded == false, try isInitOfNamespace(id) else { continue }
                claims.append(claim(id))
            }
            return (claims, [])
        } catch {
            return (claims, [error])
        }
    }

    private func claim(_ id: Int32) -> ContainerClaim {
        ContainerClaim(name: String(id), process: id, proof: { (_, _) in })
    }
}

/// Returns the ids of all visible processes, in order.
func processes() throws(ContainerError) -> [Int32] {
    let names = try engineState { () throws(SystemError) in try directoryEntries("/proc") } ?? []
    return names.compactMap { Int32($0) }.sorted()
}

/// Returns whether a process has id 1 in a PID namespace below this one.
func isInitOfNamespace(_ process: Int32) throws(ContainerError) -> Bool {
    let ids = try engineState { () throws(SystemError) in try namespaceIDs(of: process) } ?? []
    return ids.count > 1 && ids.last == 1
}
