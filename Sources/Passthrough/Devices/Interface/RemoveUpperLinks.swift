internal import HostdevModel
internal import LinuxSystem
internal import Netlink

// What a container has left on an interface. Queueing disciplines, filters, sockets and rules of its own do not survive
// the move. Packet programs do, and VLANs, macvlans and their like on top of the interface, which go on using it from where
// they are.
extension InterfaceSockets {
    /// Removes the interfaces that came to sit on an interface in the container, wherever they are now. The interface is on the
    /// host and down: the container can add nothing any more. What sat on it before the attach is somebody else's, and stays.
    ///
    /// - Returns: what is left, because it may have been there before.
    func removeUpperLinks(of link: Link, _ snapshot: InterfaceSnapshot) throws -> [PassthroughError] {
        var found: [UpperLinkOnInterface] = []
        func add(_ links: [Link], home: Int32, _ place: UpperLinkOnInterface.Place) {
            for upper in links where upper.sits(on: link.index, inNamespace: home) {
                found.append(UpperLinkOnInterface(link: upper, place: place))
            }
        }
        let home = try inside.assignedNSID(of: hostNamespace)
        add(try inside.links(), home: home, .container(container.identity))
        // Those that the container's network namespace knows by number: something was moved on to them from it.
        var numbers = Set(try inside.nsids())
        numbers.remove(home)
        if let own = try inside.nsid(of: container) { numbers.remove(own) }
        try forEachNetworkNamespace(hidden: false) { namespace in
            if let number = try inside.nsid(of: namespace) { numbers.remove(number) }
            guard namespace.identity != hostNamespace.identity, namespace.identity != container.identity else {
                return false
            }
            let (links, home) = try namespace.visit { () throws -> ([Link], Int32?) in
                let links = try NetlinkSocket.upperLinks()
                // The kernel gives the host's a number there when it says that something sits on one of its interfaces.
                return (links, links.isEmpty ? nil : try NetlinkSocket().nsid(of: hostNamespace))
            }
            if let home { add(links, home: home, .namespace(try UpperLinks.Place(namespace))) }
            return false
        }
        for number in numbers.sorted() { add(try inside.links(inNamespace: number), home: home, .number(number)) }
        let names = NetworkNamespaceNames()
        var left: [PassthroughError] = []
        for one in found where !snapshot.hadOnTop(one, beside: found) {
            guard snapshot.knowsUpperLinks || one.isInContainer else {
                let name =
                    "\(one.link.kind ?? "interface") \(one.link.name) in \(one.id.map { names[$0] } ?? "another container")"
                left.append(
                    PassthroughError(
                        .inUse, "\(name) sits on \(link.name); it is left, as it may have been there before",
                        device: link.name.description))
                continue
            }
            switch one.place {
            case .container: try inside.delete(one.link.index)
            case .namespace(let place): _ = try place.visit { try $0.delete(one.link.index) }
            case .number(let number): try inside.delete(one.link.index, inNamespace: number)
            }
        }
        return left
    }
}

/// An interface on top of one that has returned.
private struct UpperLinkOnInterface {
    let link: Link
    let place: Place

    enum Place {
        case container(FileIdentity)
        case namespace(UpperLinks.Place)
        /// One to which nothing leads but the number by which the container's network namespace knows it.
        case number(Int32)
    }

    var id: FileIdentity? {
        switch place {
        case .container(let id): id
        case .namespace(let place): place.id
        case .number: nil
        }
    }

    var isInContainer: Bool { if case .container = place { true } else { false } }
}

extension InterfaceSnapshot {
    /// Whether an interface sat on this one before the attach. Its owner may have moved it on since: then it is the one of
    /// its kind and address, if nothing is where it was.
    fileprivate func hadOnTop(_ one: UpperLinkOnInterface, beside all: [UpperLinkOnInterface]) -> Bool {
        upperLinks.contains { known in
            guard known.isSameDevice(as: one.link) else { return false }
            if known.isAt(one) { return true }
            return !one.isInContainer && known.link.hardwareAddress == one.link.hardwareAddress
                && !all.contains(where: known.isAt)
        }
    }

    private func isAt(_ one: UpperLinkOnInterface) -> Bool {
        link.index == one.link.index && isSameDevice(as: one.link)
            && (namespace == one.id || (namespace?.isNumber == true && !one.isInContainer))
    }
}

extension FileIdentity {
    /// Whether it stands for a network namespace that is known by number only.
    var isNumber: Bool { device == 0 }
}

extension InterfaceRestoration {
    /// Detaches packet programs (XDP) that the host had not put there: they would see and change what is not the
    /// container's. They may also forbid an MTU, so this comes first.
    func removeXDPPrograms(_ link: Link, on host: borrowing NetlinkSocket) {
        for mode in XDPMode.allCases where link.xdpProgram(mode) != snapshot.link.xdpProgram(mode) {
            if link.xdpProgram(mode) != nil { attempt { try host.detachXDPProgram(mode, from: index) } }
            if let lost = snapshot.link.xdpProgram(mode) {
                note("its packet program \(lost) was taken off in the container")
            }
        }
    }
}
