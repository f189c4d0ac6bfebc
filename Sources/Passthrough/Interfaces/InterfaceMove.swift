internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

// Doing: the changes of a plan, in the only order that the kernel allows. On any failure the interface may be anywhere
// between: the caller brings it home.
extension InterfacePlan {
    /// Moves the interface, and nothing else: the kernel waits for a grace period in every move, and whoever comes back
    /// with the next at once does not wait for the end of another one first.
    func move(from host: borrowing NetlinkSocket, to container: borrowing Namespace, observe: (Step) -> Void) throws {
        observe(steps[0])
        stopPoint()
        try host.move(snapshot.link.index, to: container, as: containerIndex, named: containerName)
        stopPoint()
    }

    /// Sets the interface up inside, after it has been moved.
    func setUp(inside: borrowing NetlinkSocket, observe: (Step) -> Void) throws {
        try verify(inside: inside)
        for step in steps.dropFirst() { observe(step) }
        try inside.set(linkChanges, of: containerIndex)
        stopPoint()
        for address in inherited.addresses { try inside.restore(address, on: containerIndex, verified: false) }
        for address in device.addresses {
            try inside.addAddress(
                address.address.address.bytes, prefixLength: address.address.length, peer: address.peer?.bytes,
                to: containerIndex)
        }
        stopPoint()
        let refused = inside.restoreRoutes(inherited.routes, from: snapshot.link.index, to: containerIndex)
        if let failure = refused.first { throw failure }
        for route in device.routes {
            try inside.addRoute(
                to: route.destination.address.bytes, prefixLength: route.destination.length,
                via: route.gateway?.bytes, metric: route.metric, through: containerIndex)
        }
        stopPoint()
        try verify(inside: inside)
    }

    /// The kernel's answer to a move is not the whole truth: what counts is what is in the container under the number.
    private func verify(inside: borrowing NetlinkSocket) throws {
        guard let link = try inside.link(containerIndex), snapshot.isSameDevice(as: link) else {
            throw PassthroughError(.kernel, "\(snapshot.link.name) is not in the container after its move")
        }
        guard link.name == containerName else {
            throw PassthroughError(.nameTaken, "the container renamed \(containerName) to \(link.name) meanwhile")
        }
    }
}
