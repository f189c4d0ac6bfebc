internal import LinuxSystem
internal import SystemPackage

/// `docker:web`, or its id or the beginning of it.
///
/// What runs is found by the states of its runtime, `/run/docker/runtime-RUNTIME/moby/ID`, and its name in docker's own
/// folder of it. The daemon is not asked: containers go on without it.
struct DockerEngine: ProcessEngine {
    let name = "docker"
    let abilities = EngineAbilities()

    private var roots: [FilePath] {
        folders(in: "/run/docker").filter { $0.lastComponent?.string.hasPrefix("runtime-") == true }.map {
            $0.appending("moby")
        }
    }

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        if isFullID(name) {
            for root in roots {
                if let state = try OCIState(root.appending(name)) { return claim(state) }
            }
        }
        let folders = OCIEngine.fullIDs(below: roots)
        let match = try select(name, among: folders) { (folder) throws(ContainerError) in
            try OCIState(folder).map(claim)
        }
        guard let match else { throw none(name, "docker runs none of that name or id") }
        return match
    }

    /// What cannot be read is for ``OCIEngine`` to tell.
    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        (OCIEngine.states(in: OCIEngine.fullIDs(below: roots)).states.map { claim($0.state) }, [])
    }

    /// Under its name, or its id where docker's folder of it is not found.
    private func claim(_ state: OCIState) -> ContainerClaim {
        // What docker itself keeps is read before what the runtime does, which is long.
        let name =
            Self.name(in: FilePath("/var/lib/docker/containers").appending(state.id))
            ?? Self.folder(state).flatMap(Self.name)
        return ContainerClaim(name: name ?? state.id, process: state.process, proof: state.proof)
    }

    private static func name(in folder: FilePath) -> String? {
        guard let bytes = try? readBytes(folder.appending("config.v2.json")) else { return nil }
        return JSONMembers(bytes[...]).first { $0.name == "Name" }?.value.string.map { String($0.drop { $0 == "/" }) }
    }

    /// docker's folder of a container when it has another `--data-root`: files of it are mounted into the container.
    private static func folder(_ state: OCIState) -> FilePath? {
        let sources = state.document?["config"]?["mounts"]?.elements.compactMap { $0["source"]?.string } ?? []
        return sources.lazy.map { FilePath($0).removingLastComponent() }.first {
            $0.lastComponent?.string == state.id
        }
    }
}
