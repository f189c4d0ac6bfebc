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

    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        server.claims()
    }
}
