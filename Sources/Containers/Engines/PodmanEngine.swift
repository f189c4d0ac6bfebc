internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// Podman: `podman:web`, also with an id or the beginning of one, for root's containers or those of the only user who has that
/// name; `podman:1000/web` for a user's.
///
/// podman keeps names in a database, and in a list of containers with an image. Each container also has a monitor, conmon(8),
/// that is started with the name and the id and is the parent of the init process, of which the runtime keeps a state.
struct PodmanEngine: ProcessEngine {
    let name = "podman"
    let abilities = EngineAbilities()

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        if name.contains("/") { return try usersClaim(name, none(name, "no user's podman runs it")) }
        if isFullID(name) {
            for root in OCIEngine.ownRoots {
                if let state = try OCIState(root.appending(name)) {
                    return Self.claim(state, try Self.name(of: state) ?? name)
                }
            }
        }
        // Most containers have an image, and are found without reading all that run.
        for id in try PodmanStore.usual.compactMap({ $0.id(of: name) }) {
            for root in OCIEngine.ownRoots {
                if let state = try OCIState(root.appending(id)),
                    try Self.name(of: state).map({ ByteString($0) }) == ByteString(name)
                {
                    return Self.claim(state, name)
                }
            }
        }
        let match = try select(name, of: self.name, among: try directories) { (directory) throws(ContainerError) in
            guard let state = try OCIState(directory), let name = try Self.name(of: state) else { return nil }
            return Self.claim(state, name)
        }
        if let match { return match }
        let reason = none(name, "root's podman runs none of that name or id")
        // The name of a stopped container refers to no other one.
        for store in try PodmanStore.usual where store.id(of: name) != nil { throw reason.ofKnown }
        return try usersClaim(name, reason)
    }

    private func usersClaim(_ name: String, _ reason: ContainerError) throws(ContainerError) -> ContainerClaim {
        let matches = try UserPodman.containers().filter { $0.isCalled(name) }
        guard matches.count < 2 else {
            let candidates = matches.map { "podman:\($0.reference)" }.joined(separator: ", ")
            throw ContainerError(.ambiguous, "several users' podman have a container '\(name)': \(candidates)")
        }
        guard let match = matches.first else { throw reason }
        return match.claim
    }

    /// States that cannot be read are reported by ``OCIEngine``.
    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        var claims: [ContainerClaim] = []
        do throws(ContainerError) {
            claims = try UserPodman.containers().map(\.claim)
            for (_, state) in OCIEngine.states(in: try directories).states {
                if let name = try Self.name(of: state) { claims.append(Self.claim(state, name)) }
            }
            return (claims, [])
        } catch {
            return (claims, [error])
        }
    }

    private var directories: [FilePath] {
        get throws(ContainerError) { try OCIEngine.fullIDs(below: OCIEngine.ownRoots) }
    }

    private static func claim(_ state: OCIState, _ name: String) -> ContainerClaim {
        let id = state.id
        let isChild = child(ofUser: 0, "podman's conmon of \(name)") { isMonitor($0, of: id) }
        return ContainerClaim(name: name, process: state.process) { (process, status) throws(NotProven) in
            try state.proof(process, status)
            try isChild(process, status)
        }
    }

    /// Returns the name of a container, or nil when no conmon of podman's monitors it.
    private static func name(of state: OCIState) throws(ContainerError) -> String? {
        let watcher = try engineState { () throws(SystemError) in
            state.process > 0 ? try ProcessArguments(of: ProcessStatus(of: state.process).parent) : nil
        }
        guard let watcher = watcher ?? nil, isMonitor(watcher, of: state.id) else { return nil }
        // The bundle is STORE/ID/userdata.
        let store = watcher.value(of: "-b", "--bundle").map {
            FilePath($0).removingLastComponent().removingLastComponent()
        }
        let listed = try store.flatMap { (directory) throws(ContainerError) in
            try PodmanStore(directory)?.name(of: state.id)
        }
        return listed ?? watcher.value(of: "-n", "--name")
    }

    /// Returns whether a process is the conmon of a container. That of CRI-O has another exit command.
    static func isMonitor(_ process: ProcessArguments, of id: String) -> Bool {
        process.program == "conmon" && process.value(of: "-c", "--cid") == id
            && process.value(of: "--exit-command")?.hasSuffix("podman") == true
    }
}
