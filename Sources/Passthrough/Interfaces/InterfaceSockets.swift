internal import LinuxSystem
internal import Netlink

/// The two ends of a move: a socket on the host and one in the container's network namespace.
struct InterfaceSockets: ~Copyable {
    let host: NetlinkSocket
    let hostNamespace: Namespace
    let inside: NetlinkSocket
    let insideNamespace: Namespace

    /// Opens both. Refuses the host's own namespace: a move to where an interface is already would rename it there.
    init(to container: borrowing Namespace, named reference: String) throws {
        hostNamespace = try Namespace.current(.network)
        guard hostNamespace.identity != container.identity else {
            throw PassthroughError(
                .notSupported, "\(reference) is in the host's own network namespace: there is nowhere to move to",
                container: reference)
        }
        host = try NetlinkSocket()
        insideNamespace = try container.duplicate()
        inside = try NetlinkSocket.open(in: container)
    }
}
