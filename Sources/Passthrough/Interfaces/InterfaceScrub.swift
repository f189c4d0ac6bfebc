internal import LinuxSystem
internal import Netlink

// What a container has left on an interface. Queueing disciplines, filters, sockets and rules of its own do not survive
// the move; VLANs, macvlans and their like on top of the interface do, and go on using it from where they are.
extension InterfaceReturn {
    /// Takes them away. The interface is at home and down: the container can add nothing any more.
    static func scrub(
        _ link: Link, _ host: borrowing NetlinkSocket, _ inside: borrowing NetlinkSocket,
        _ hostNamespace: borrowing Namespace
    ) throws {
        // In the container's namespace, and in those to which something was moved on from it, which it knows.
        let home = try inside.number(of: hostNamespace)
        for number in [nil] + (try inside.knownNamespaces()) where number != home {
            let links = if let number { try inside.links(inNamespace: number) } else { try inside.links() }
            for child in links where child.isChild(of: link.index, inNamespace: home) {
                try inside.delete(child.index, inNamespace: number)
            }
        }
        // And where they were made at once in another one.
        try forEachNetworkNamespace(hidden: false) { namespace in
            guard namespace.identity != hostNamespace.identity else { return false }
            let number = try host.number(of: namespace)
            let links = try host.links(inNamespace: number)
            // The host gives itself a number when it says what is below one of them.
            guard let home = try host.knownNumber(of: hostNamespace) else { return false }
            for child in links where child.isChild(of: link.index, inNamespace: home) {
                try host.delete(child.index, inNamespace: number)
            }
            return false
        }
    }
}
