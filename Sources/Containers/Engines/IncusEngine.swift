internal import LinuxSystem
internal import SystemPackage

/// `incus:web`, `incus:PROJECT/web`: a container of Incus's, whose daemon is asked on its socket: that of `INCUS_SOCKET`, or below
/// `INCUS_DIR`.
struct IncusEngine: ProcessEngine {
    let name = "incus"
    let abilities = EngineAbilities()

    private var server: InstanceServer {
        InstanceServer(engine: name, sockets: Self.sockets)
    }

    private static var sockets: [FilePath] {
        if let socket = environmentVariable("INCUS_SOCKET") { return [FilePath(socket)] }
        if let folder = environmentVariable("INCUS_DIR") { return [FilePath(folder).appending("unix.socket")] }
        return ["/run/incus/unix.socket", "/var/lib/incus/unix.socket"]
    }

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        try server.claim(name)
    }

    /// Those of all projects. Where there is none, or no daemon, the claim says so.
    func names(for bareName: String) throws(ContainerError) -> [String] {
        let names = try server.names(for: bareName)
        return names.isEmpty ? [bareName] : names
    }

    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        server.claims()
    }
}
