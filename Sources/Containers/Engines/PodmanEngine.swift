internal import LinuxSystem
internal import SystemPackage

/// `podman:web`, or its id or the beginning of it: a container of root's podman.
///
/// podman keeps names in a database of its own. But each container has a watcher, conmon(8), that is started with the
/// name and the id and is the parent of the init process, of which the runtime keeps a state.
struct PodmanEngine: ProcessEngine {
    let name = "podman"
    let abilities = EngineAbilities()

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        if name.utf8.count == 64, isFileName(name) {
            for root in OCIEngine.ownRoots {
                if let state = try OCIState(root.appending(name)), let claim = Self.claim(state) { return claim }
            }
        }
        let found = OCIEngine.states(below: OCIEngine.ownRoots)
        let candidates = found.states.compactMap { _, state in
            Self.claim(state).map { (id: state.id, name: $0.name, claim: $0) }
        }
        guard let match = try select(name, among: candidates) else {
            // What cannot be read may be what was meant.
            if let problem = found.problems.first { throw problem }
            throw none(name, "root's podman runs none of that name or id")
        }
        return match
    }

    /// What cannot be read is for ``OCIEngine`` to tell.
    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        (OCIEngine.states(below: OCIEngine.ownRoots).states.compactMap { Self.claim($0.state) }, [])
    }

    /// Nil: conmon does not watch it for podman.
    private static func claim(_ state: OCIState) -> ContainerClaim? {
        guard state.process > 0, let status = try? ProcessStatus(of: state.process), let watcher = ProcessArguments(of: status.parent),
            isWatcher(watcher, of: state.id), let name = watcher.value(of: "-n", "--name")
        else { return nil }
        let id = state.id
        let isChild = child(ofUser: 0, "podman's conmon of \(name)") { isWatcher($0, of: id) }
        return ContainerClaim(name: name, process: state.process) { (process, status) throws(NotProven) in
            try state.proof(process, status)
            try isChild(process, status)
        }
    }

    /// CRI-O has conmon too, but not podman clean up behind it.
    private static func isWatcher(_ process: ProcessArguments, of id: String) -> Bool {
        process.program == "conmon" && process.value(of: "-c", "--cid") == id
            && process.value(of: "--exit-command")?.hasSuffix("podman") == true
    }
}
