internal import LinuxSystem
internal import SystemPackage

/// `lxd:web`, `lxd:PROJECT/web`: a container of LXD's, whose daemon is asked on its socket: that of `LXD_SOCKET`, or below
/// `LXD_DIR`.
struct LXDEngine: ProcessEngine {
    let name = "lxd"
    let abilities = EngineAbilities()

    private var server: InstanceServer {
        InstanceServer(engine: name, sockets: Self.sockets)
    }

    private static var sockets: [FilePath] {
        if let socket = environmentVariable("LXD_SOCKET") { return [FilePath(socket)] }
        if let folder = environmentVariable("LXD_DIR") { return [FilePath(folder).appending("unix.socket")] }
        return ["/var/snap/lxd/common/lxd/unix.socket", "/var/lib/lxd/unix.socket"]
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
