internal import LinuxSystem
internal import SystemPackage

/// OCI runtimes, also when containerd or docker use them: runc, crun and youki. `oci:ID`, `oci:/ROOT/ID`.
///
/// An id alone is looked up below the runtimes' default roots, and below those that containerd and docker give them.
struct OCIEngine: ProcessEngine {
    let name = "oci"
    let abilities = EngineAbilities()

    /// The default roots of the runtimes, which podman uses too.
    static let ownRoots: [FilePath] = ["/run/runc", "/run/crun", "/run/youki"]
    /// All roots. containerd has one for each of its namespaces, docker one for each runtime and namespace.
    static var roots: [FilePath] {
        get throws(ContainerError) {
            let docker = try entries(in: "/run/docker").filter {
                $0.lastComponent?.string.hasPrefix("runtime-") == true
            }
            return try ownRoots + entries(in: "/run/containerd/runc") + entries(in: docker)
        }
    }

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        if name.hasPrefix("/") {
            guard let state = try OCIState(FilePath(name)) else { throw none(name, "there is no state in \(name)") }
            return ContainerClaim(name: name, process: state.process, proof: state.proof)
        }
        guard isFileName(name) else { throw none(name, "it is neither an id nor the path of a state directory") }
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
        let found: (states: [(directory: FilePath, state: OCIState)], problems: [ContainerError])
        do throws(ContainerError) {
            found = Self.states(in: try entries(in: Self.roots))
        } catch {
            return ([], [error])
        }
        var times: [String: Int] = [:]
        for (_, state) in found.states { times[state.id, default: 0] += 1 }
        let claims = found.states.map { directory, state in
            ContainerClaim(
                name: times[state.id] == 1 ? state.id : directory.string, process: state.process, proof: state.proof)
        }
        return (claims, found.problems)
    }

    /// Returns the state directories below some roots whose names are full ids, as engines that use a runtime make them.
    static func fullIDs(below roots: [FilePath]) throws(ContainerError) -> [FilePath] {
        try entries(in: roots).filter { isFullID($0.lastComponent?.string ?? "") }
    }

    /// Returns the states in some directories, and the errors for those that could not be read.
    static func states(
        in directories: [FilePath]
    ) -> (states: [(directory: FilePath, state: OCIState)], problems: [ContainerError]) {
        var states: [(directory: FilePath, state: OCIState)] = []
        var problems: [ContainerError] = []
        for directory in directories {
            do throws(ContainerError) {
                if let state = try OCIState(directory) { states.append((directory, state)) }
            } catch {
                problems.append(error)
            }
        }
        return (states, problems)
    }
}
