internal import ByteStrings
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
        get throws(ContainerError) {
            try folders(in: "/run/docker").filter { $0.lastComponent?.string.hasPrefix("runtime-") == true }.map {
                $0.appending("moby")
            }
        }
    }

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        if isFullID(name) {
            for root in try roots {
                if let state = try OCIState(root.appending(name)) { return try claim(state) }
            }
        }
        let folders = try OCIEngine.fullIDs(below: roots)
        let match = try select(name, of: self.name, among: folders) { (folder) throws(ContainerError) in
            guard let state = try OCIState(folder) else { return nil }
            return try claim(state)
        }
        guard let match else {
            let reason = none(name, "docker runs none of that name or id")
            throw try Self.keeps(name) ? reason.ofKnown : reason
        }
        return match
    }

    /// Whether it has one of that name, which then does not run.
    private static func keeps(_ name: String) throws(ContainerError) -> Bool {
        for folder in try folders(in: data) where try Self.name(in: folder).map({ ByteString($0) }) == ByteString(name)
        { return true }
        return false
    }

    /// docker's folders of its containers, unless it has another `--data-root`.
    private static let data: FilePath = "/var/lib/docker/containers"

    /// What cannot be read is for ``OCIEngine`` to tell.
    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        var claims: [ContainerClaim] = []
        do throws(ContainerError) {
            for (_, state) in OCIEngine.states(in: try OCIEngine.fullIDs(below: roots)).states {
                claims.append(try claim(state))
            }
            return (claims, [])
        } catch {
            return (claims, [error])
        }
    }

    /// Under its name, or its id where docker's folder of it is not found.
    private func claim(_ state: OCIState) throws(ContainerError) -> ContainerClaim {
        // What docker itself keeps is read before what the runtime does, which is long.
        var name = try Self.name(in: Self.data.appending(state.id))
        for folder in Self.keptFolders(of: state) where name == nil { name = try Self.name(in: folder) }
        return ContainerClaim(name: name ?? state.id, process: state.process, proof: state.proof)
    }

    private static func name(in folder: FilePath) throws(ContainerError) -> String? {
        let file = folder.appending("config.v2.json")
        // What somebody else has put there says nothing.
        guard let status = try engineState({ () throws(SystemError) in try FileStatus.of(file) }), status.user == 0,
            let bytes = try engineState({ () throws(SystemError) in try readBytes(file) })
        else { return nil }
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
