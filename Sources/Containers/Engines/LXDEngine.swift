internal import LinuxSystem
internal import SystemPackage

/// LXD: `lxd:web`, `lxd:PROJECT/web`. The daemon is asked on its socket, `LXD_SOCKET` or one below `LXD_DIR`.
struct LXDEngine: ProcessEngine {
    let name = "lxd"
    let abilities = EngineAbilities()

    private var server: InstanceServer {
        InstanceServer(engine: name, sockets: Self.sockets)
    }

    private static var sockets: [FilePath] {
        if let socket = environmentVariable("LXD_SOCKET") { return [FilePath(socket)] }
        if let directory = environmentVariable("LXD_DIR") { return [FilePath(directory).appending("unix.socket")] }
        return ["/var/snap/lxd/common/lxd/unix.socket", "/var/lib/lxd/unix.socket"]
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
