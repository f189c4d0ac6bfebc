internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// `podman:web`, or its id or the beginning of it: a container of root's podman, or of the one user's who has it. With
/// `podman:1000/web` it is that user's.
///
/// podman keeps names in a database of its own, and in a list of those with an image. But each container has a watcher,
/// conmon(8), that is started with the name and the id and is the parent of the init process, of which the runtime keeps a
/// state.
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
        // Most have an image, and are found without a look at all that run.
        for id in try PodmanStore.usual.compactMap({ $0.id(of: name) }) {
            for root in OCIEngine.ownRoots {
                if let state = try OCIState(root.appending(id)),
                    try Self.name(of: state).map({ ByteString($0) }) == ByteString(name)
                {
                    return Self.claim(state, name)
                }
            }
        }
        let match = try select(name, of: self.name, among: try folders) { (folder) throws(ContainerError) in
            guard let state = try OCIState(folder), let name = try Self.name(of: state) else { return nil }
            return Self.claim(state, name)
        }
        if let match { return match }
        let reason = none(name, "root's podman runs none of that name or id")
        // One that is stopped keeps its name from all others.
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

    /// What cannot be read is for ``OCIEngine`` to tell.
    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        var claims: [ContainerClaim] = []
        do throws(ContainerError) {
            claims = try UserPodman.containers().map(\.claim)
            for (_, state) in OCIEngine.states(in: try folders).states {
                if let name = try Self.name(of: state) { claims.append(Self.claim(state, name)) }
            }
            return (claims, [])
        } catch {
            return (claims, [error])
        }
    }

    private var folders: [FilePath] {
        get throws(ContainerError) { try OCIEngine.fullIDs(below: OCIEngine.ownRoots) }
    }

    private static func claim(_ state: OCIState, _ name: String) -> ContainerClaim {
        let id = state.id
        let isChild = child(ofUser: 0, "podman's conmon of \(name)") { isWatcher($0, of: id) }
        return ContainerClaim(name: name, process: state.process) { (process, status) throws(NotProven) in
            try state.proof(process, status)
            try isChild(process, status)
        }
    }

    /// Nil: conmon does not watch it for podman.
    private static func name(of state: OCIState) throws(ContainerError) -> String? {
        let watcher = try engineState { () throws(SystemError) in
            state.process > 0 ? try ProcessArguments(of: ProcessStatus(of: state.process).parent) : nil
        }
        guard let watcher = watcher ?? nil, isWatcher(watcher, of: state.id) else { return nil }
        // The bundle is STORE/ID/userdata.
        let store = watcher.value(of: "-b", "--bundle").map {
            FilePath($0).removingLastComponent().removingLastComponent()
        }
        let listed = try store.flatMap { (folder) throws(ContainerError) in try PodmanStore(folder)?.name(of: state.id)
        }
        return listed ?? watcher.value(of: "-n", "--name")
    }

    /// CRI-O has conmon too, but not podman clean up behind it.
    static func isWatcher(_ process: ProcessArguments, of id: String) -> Bool {
        process.program == "conmon" && process.value(of: "-c", "--cid") == id
            && process.value(of: "--exit-command")?.hasSuffix("podman") == true
    }
}
