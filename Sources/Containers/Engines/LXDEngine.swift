internal import SystemPackage

extension InstanceServer {
    /// LXD: `lxd:web`, `lxd:PROJECT/web`.
    static var lxd: InstanceServer {
        InstanceServer(
            "lxd", socket: "LXD_SOCKET", directory: "LXD_DIR",
            else: ["/var/snap/lxd/common/lxd/unix.socket", "/var/lib/lxd/unix.socket"])
    }
}
