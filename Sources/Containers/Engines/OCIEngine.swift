internal import LinuxSystem
internal import SystemPackage

/// `oci:ID`, `oci:/ROOT/ID`: a container of an OCI runtime, runc, crun or youki, also where containerd or docker use it.
///
/// With an id alone it is looked for below the roots that the runtimes have without `--root`, and below those that
/// containerd and docker give them.
struct OCIEngine: ProcessEngine {
    let name = "oci"
    let abilities = EngineAbilities()

    /// The roots of runtimes that a person calls, or podman.
    static let ownRoots: [FilePath] = ["/run/runc", "/run/crun", "/run/youki"]
    /// All roots: containerd has one for each of its namespaces, docker one for each runtime and namespace.
    static var roots: [FilePath] {
        get throws(ContainerError) {
            let docker = try folders(in: "/run/docker").filter {
                $0.lastComponent?.string.hasPrefix("runtime-") == true
            }
            return try ownRoots + folders(in: "/run/containerd/runc") + folders(in: docker)
        }
    }

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        if name.hasPrefix("/") {
            guard let state = try OCIState(FilePath(name)) else { throw none(name, "there is no state in \(name)") }
            return ContainerClaim(name: name, process: state.process, proof: state.proof)
        }
        guard isFileName(name) else { throw none(name, "it is neither an id nor the path of a state folder") }
        var states: [(root: FilePath, state: OCIState)] = []
        for root in try Self.roots {
            if let state = try OCIState(root.appending(name)) { states.append((root, state)) }
        }
        guard let (_, state) = states.first else {
            throw none(name, "no runtime has a state of it (name another root: oci:/ROOT/\(name))")
        }
        guard states.count == 1 else {
            let candidates = states.map { "oci:\($0.root.appending(name))" }.joined(separator: ", ")
            throw ContainerError(.ambiguous, "several runtimes have a container '\(name)': \(candidates)")
        }
        return ContainerClaim(name: name, process: state.process, proof: state.proof)
    }

    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        let found: (states: [(folder: FilePath, state: OCIState)], problems: [ContainerError])
        do throws(ContainerError) {
            found = Self.states(in: try folders(in: Self.roots))
        } catch {
            return ([], [error])
        }
        var times: [String: Int] = [:]
        for (_, state) in found.states { times[state.id, default: 0] += 1 }
        let claims = found.states.map { folder, state in
            ContainerClaim(
                name: times[state.id] == 1 ? state.id : folder.string, process: state.process, proof: state.proof)
        }
        return (claims, found.problems)
    }

    /// The state folders below some roots of containers with full ids, as engines that are built on a runtime give them.
    static func fullIDs(below roots: [FilePath]) throws(ContainerError) -> [FilePath] {
        try folders(in: roots).filter { isFullID($0.lastComponent?.string ?? "") }
    }

    /// The states in some folders, and what could not be read.
    static func states(
        in folders: [FilePath]
    ) -> (states: [(folder: FilePath, state: OCIState)], problems: [ContainerError]) {
        var states: [(folder: FilePath, state: OCIState)] = []
        var problems: [ContainerError] = []
        for folder in folders {
            do throws(ContainerError) {
                if let state = try OCIState(folder) { states.append((folder, state)) }
            } catch {
                problems.append(error)
            }
        }
        return (states, problems)
    }
}
