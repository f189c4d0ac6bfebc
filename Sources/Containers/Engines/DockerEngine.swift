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
        let match = try select(name, of: self.name, among: folders) { (folder) throws(ContainerError) in
            try OCIState(folder).map(claim)
        }
        guard let match else {
            let reason = none(name, "docker runs none of that name or id")
            throw Self.keeps(name) ? reason.ofKnown : reason
        }
        return match
    }

    /// Whether it has one of that name, which then does not run.
    private static func keeps(_ name: String) -> Bool {
        folders(in: data).contains { Self.name(in: $0) == name }
    }

    /// docker's folders of its containers, unless it has another `--data-root`.
    private static let data: FilePath = "/var/lib/docker/containers"

    /// What cannot be read is for ``OCIEngine`` to tell.
    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        (OCIEngine.states(in: OCIEngine.fullIDs(below: roots)).states.map { claim($0.state) }, [])
    }

    /// Under its name, or its id where docker's folder of it is not found.
    private func claim(_ state: OCIState) -> ContainerClaim {
        // What docker itself keeps is read before what the runtime does, which is long.
        let name =
            Self.name(in: Self.data.appending(state.id)) ?? Self.keptFolders(of: state).lazy.compactMap(Self.name).first
        return ContainerClaim(name: name ?? state.id, process: state.process, proof: state.proof)
    }

    private static func name(in folder: FilePath) -> String? {
        let file = folder.appending("config.v2.json")
        // What somebody else has put there says nothing.
        guard (try? FileStatus.of(file).user) == 0, let bytes = try? readBytes(file) else { return nil }
        return JSONMembers(bytes[...]).first { $0.name == "Name" }?.value.string.map { String($0.drop { $0 == "/" }) }
    }

    /// Where docker's folder of a container may be when it has another `--data-root`, or one for a user namespace below that.
    ///
    /// Its root directory is below the same, unless containerd keeps it; and files of docker's are mounted into it, with
    /// `--network container:X` those of another container, whose folder stands beside its own. Other mounts are a user's.
    private static func keptFolders(of state: OCIState) -> [FilePath] {
        guard let config = state.document?["config"] else { return [] }
        var folders: [FilePath] = []
        var place = FilePath(config["rootfs"]?.string ?? "/")
        while place.removeLastComponent(), place.lastComponent != nil { folders.append(place.appending("containers")) }
        for mount in config["mounts"]?.elements ?? [] where own.contains(mount["destination"]?.string ?? "") {
            var place = FilePath(mount["source"]?.string ?? "/")
            while let part = place.lastComponent, !isFullID(part.string) { place.removeLastComponent() }
            if place.removeLastComponent(), place.lastComponent != nil { folders.append(place) }
        }
        return folders.map { $0.appending(state.id) }
    }

    /// Where docker mounts files of its own.
    private static let own: Set = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/shm"]
}
