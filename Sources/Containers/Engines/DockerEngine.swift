internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// Docker: `docker:web`, also with an id or the beginning of one.
///
/// Running containers are found by the states of the runtime, `/run/docker/runtime-RUNTIME/moby/ID`, and their names in
/// docker's own directory of each. The daemon is not asked, since containers run without it.
struct DockerEngine: ProcessEngine {
    let name = "docker"
    let abilities = EngineAbilities()

    private var roots: [FilePath] {
        get throws(ContainerError) {
            try entries(in: "/run/docker").filter { $0.lastComponent?.string.hasPrefix("runtime-") == true }.map {
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
        let directories = try OCIEngine.fullIDs(below: roots)
        let match = try select(name, of: self.name, among: directories) { (directory) throws(ContainerError) in
            guard let state = try OCIState(directory) else { return nil }
            return try claim(state)
        }
        guard let match else {
            let reason = none(name, "docker runs none of that name or id")
            throw try Self.keeps(name) ? reason.ofKnown : reason
        }
        return match
    }

    /// Returns whether docker has a container of that name, which then does not run.
    private static func keeps(_ name: String) throws(ContainerError) -> Bool {
        for directory in try entries(in: data)
        where try Self.name(in: directory).map({ ByteString($0) }) == ByteString(name) { return true }
        return false
    }

    /// The directory of docker's containers, unless it has another `--data-root`.
    private static let data: FilePath = "/var/lib/docker/containers"

    /// States that cannot be read are reported by ``OCIEngine``.
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

    /// Claims a container under its name, or under its id when docker's directory of it is not found.
    private func claim(_ state: OCIState) throws(ContainerError) -> ContainerClaim {
        // Docker's own file is read first, since the runtime's is long.
        var name = try Self.name(in: Self.data.appending(state.id))
        for directory in Self.keptDirectories(of: state) where name == nil { name = try Self.name(in: directory) }
        return ContainerClaim(name: name ?? state.id, process: state.process, proof: state.proof)
    }

    private static func name(in directory: FilePath) throws(ContainerError) -> String? {
        let file = directory.appending("config.v2.json")
        // Only root's file is trusted.
        guard let status = try engineState({ () throws(SystemError) in try FileStatus.of(file) }), status.user == 0,
            let bytes = try engineState({ () throws(SystemError) in try readBytes(file) })
        else { return nil }
        return JSONMembers(bytes[...]).first { $0.name == "Name" }?.value.string.map { String($0.drop { $0 == "/" }) }
    }

    /// Returns where docker's directory of a container may be with another `--data-root`, or with one for a user namespace.
    ///
    /// The container's root directory is below the same, unless containerd keeps it. Docker also mounts files of its own into
    /// the container; with `--network container:X` those of another container, whose directory is beside. All other mounts are
    /// the user's.
    private static func keptDirectories(of state: OCIState) -> [FilePath] {
        guard let config = state.document?["config"] else { return [] }
        var directories: [FilePath] = []
        var place = FilePath(config["rootfs"]?.string ?? "/")
        while place.removeLastComponent(), place.lastComponent != nil {
            directories.append(place.appending("containers"))
        }
        for mount in config["mounts"]?.elements ?? [] where own.contains(mount["destination"]?.string ?? "") {
            var place = FilePath(mount["source"]?.string ?? "/")
            while let part = place.lastComponent, !isFullID(part.string) { place.removeLastComponent() }
            if place.removeLastComponent(), place.lastComponent != nil { directories.append(place) }
        }
        return directories.map { $0.appending(state.id) }
    }

    /// The paths on which docker mounts its own files.
    private static let own: Set = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/shm"]
}
