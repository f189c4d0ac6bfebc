internal import SystemPackage

extension InstanceServer {
    /// Incus: `incus:web`, `incus:PROJECT/web`.
    static var incus: InstanceServer {
        InstanceServer(
            "incus", socket: "INCUS_SOCKET", directory: "INCUS_DIR",
            else: ["/run/incus/unix.socket", "/var/lib/incus/unix.socket"])
    }
}
