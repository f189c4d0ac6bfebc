internal import LinuxSystem
internal import SystemPackage

/// Incus: `incus:web`, `incus:PROJECT/web`. The daemon is asked on its socket, `INCUS_SOCKET` or one below `INCUS_DIR`.
struct IncusEngine: ProcessEngine {
    let name = "incus"
    let abilities = EngineAbilities()

    private var server: InstanceServer {
        InstanceServer(engine: name, sockets: Self.sockets)
    }

    private static var sockets: [FilePath] {
        if let socket = environmentVariable("INCUS_SOCKET") { return [FilePath(socket)] }
        if let directory = environmentVariable("INCUS_DIR") { return [FilePath(directory).appending("unix.socket")] }
        return ["/run/incus/unix.socket", "/var/lib/incus/unix.socket"]
    }

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        try server.claim(name)
    }

    /// Returns the names of all projects. When there is none, or no daemon, the claim reports it.
    func names(for bareName: String) throws(ContainerError) -> [String] {
        let names = try server.names(for: bareName)
        return names.isEmpty ? [bareName] : names
    }

    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        server.claims()
    }
}
