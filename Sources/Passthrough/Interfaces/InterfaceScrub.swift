internal import LinuxSystem
internal import Netlink

// What a container has left on an interface. Queueing disciplines, filters, sockets and rules of its own do not survive
// the move. Packet programs do, and VLANs, macvlans and their like on top of the interface, which go on using it from where
// they are.
extension InterfaceReturn {
    /// Takes away what is on top of it. The interface is at home and down: the container can add nothing any more.
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

extension InterfaceRestoration {
    /// Takes packet programs (XDP) off that the host had not put there: they would see and change what is not the
    /// container's. They may also forbid an MTU, so this comes first.
    func scrubPrograms(_ link: Link, on host: borrowing NetlinkSocket) {
        for mode in ProgramMode.allCases where link.program(mode) != snapshot.link.program(mode) {
            if link.program(mode) != nil { attempt { try host.removeProgram(mode, from: index) } }
            if let lost = snapshot.link.program(mode) {
                note(["\(snapshot.link.name): its packet program \(lost) was taken off in the container"])
            }
        }
    }
}
