internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

// Doing: the changes of a plan, in the only order that the kernel allows.
extension InterfacePlan {
    /// Moves the interface and sets it up inside. On any failure it may be anywhere between: the caller brings it home.
    func carryOut(
        host: borrowing NetlinkSocket, inside: borrowing NetlinkSocket, container: borrowing Namespace,
        observe: (Step) -> Void
    ) throws {
        observe(steps[0])
        stopPoint()
        try host.move(snapshot.link.index, to: container, as: containerIndex, named: containerName)
        stopPoint()
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
        try inside.restoreRoutes(inherited.routes, from: snapshot.link.index, to: containerIndex)
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

extension NetlinkSocket {
    /// Puts routes back in an order in which their gateways can be reached: those that the kernel refuses wait for the
    /// others, as long as any gets through. The kernel's own come with the addresses.
    func restoreRoutes(_ routes: [RouteRecord], from old: Int32, to new: Int32) throws {
        var waiting = routes.filter { !$0.isKernels }
        while !waiting.isEmpty {
            var refused: [RouteRecord] = []
            var failure: NetlinkError?
            for route in waiting {
                do throws(NetlinkError) {
                    try restore(route, from: old, to: new)
                } catch {
                    guard error.code != .fileExists else { continue }
                    refused.append(route)
                    failure = failure ?? error
                }
            }
            if let failure, refused.count == waiting.count { throw failure }
            waiting = refused
        }
    }
}
