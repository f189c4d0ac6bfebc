internal import HostdevModel
internal import LinuxSystem
internal import Netlink

/// Where an interface is that was moved into a container.
enum InterfaceLocation {
    case host(index: Int32)
    case container
    /// In a network namespace to which the container, or somebody else, has moved it.
    case elsewhere(NamespaceHandle, index: Int32)
}

extension InterfaceReturn {
    /// Finds the interface. Numbers alone are no proof: the host may have given its number to another one, and the container
    /// can make one of the same kind under the number that it had there. So what can be no other is looked for first,
    /// at last in every network namespace that is within reach.
    func locate() throws -> InterfaceLocation {
        let identity = InterfaceIdentity(snapshot: snapshot)
        let number = try sockets.host.assignedNSID(of: sockets.container)
        let atHome = try sockets.host.link(snapshot.link.index)
        let inContainer = try sockets.host.link(containerIndex, inNamespace: number)
        if identity.isUnique {
            let home = try sockets.host.nsid(of: sockets.hostNamespace)
            if let atHome, identity.isProven(by: atHome, in: nil, home: home) { return .host(index: atHome.index) }
            if let inContainer, identity.isProven(by: inContainer, in: number, home: home) { return .container }
            let found = try search { link, number, home in
                identity.isProven(by: link, in: number, home: home)
            }
            if let found { return found }
        }
        if let atHome, identity.isPlausible(atHome) { return .host(index: atHome.index) }
        let home = try sockets.host.nsid(of: sockets.hostNamespace)
        if let inContainer, identity.isAlike(inContainer, in: number, home: home) { return .container }
        if !identity.isUnique, let found = try searchAlike(identity) { return found }
        throw try lost(identity)
    }

    /// Looks for one of the same kind, on the same one, that was moved on: the kernel leaves it number and address. Another
    /// container's attached interface is excluded, and so is one of the host, which may have both now.
    private func searchAlike(_ identity: InterfaceIdentity) throws -> InterfaceLocation? {
        let found = try search { link, number, home in
            number != nil && link.index == containerIndex && link.hardwareAddress == snapshot.link.ownAddress
                && identity.isAlike(link, in: number, home: home)
        }
        guard case .elsewhere(let place, let index) = found,
            try !isOthers(place.namespace.identity, index)
        else { return nil }
        return found
    }

    /// Looks into every network namespace within reach. One that cannot be looked into may be the one. `isMeant` gets the
    /// number by which the host knows the namespace, nil for its own, and that by which it knows itself.
    private func search(
        _ isMeant: (Link, _ number: Int32?, _ home: Int32?) -> Bool
    ) throws -> InterfaceLocation? {
        var place: InterfaceLocation?
        var failure: (any Error)?
        try forEachNetworkNamespace(hidden: true) { namespace in
            do {
                let host = try NetlinkSocket()
                let isHome = namespace.identity == sockets.hostNamespace.identity
                let number = isHome ? nil : try host.assignedNSID(of: namespace)
                let links = if let number { try host.links(inNamespace: number) } else { try host.links() }
                let home = try host.nsid(of: sockets.hostNamespace)
                guard let link = links.first(where: { isMeant($0, number, home) }) else {
                    return false
                }
                place =
                    isHome ? .host(index: link.index) : .elsewhere(try NamespaceHandle(namespace), index: link.index)
                return true
            } catch {
                failure = error
                return false
            }
        }
        if place == nil, let failure { throw failure }
        return place
    }

    /// What there is to say of an interface that is out of reach. The container's namespace knows by number to which other it
    /// was moved on, also when no process and no mount leads there.
    private func lost(_ identity: InterfaceIdentity) throws -> PassthroughError {
        let name = snapshot.link.name.description
        guard identity.isUnique else {
            return PassthroughError(
                .noSuchDevice, "\(name) is neither on the host nor in the container: it was deleted there, or moved on",
                device: name)
        }
        let home = try sockets.inside.assignedNSID(of: sockets.hostNamespace)
        for number in try sockets.inside.nsids() where number != home {
            for link in try sockets.inside.links(inNamespace: number) {
                let place = link.lowerNamespace ?? number
                let known = place == home ? nil : try sockets.inside.nsid(place, in: home)
                guard identity.isProven(by: link, lowerIn: known) else { continue }
                return PassthroughError(
                    .incompleteUndo,
                    "\(name) was moved on: it is \(link.name), number \(link.index), in a network namespace to which no "
                        + "process and no mount leads, and which the container's knows by number \(number)",
                    device: name, hint: Hint(.openNamespace))
            }
        }
        // Nobody can delete one of hardware.
        let reason =
            InterfaceHardware(snapshot.link).map { $0.absence ?? "\($0.name) has another interface now, or none" }
            ?? "it was deleted in the container"
        return PassthroughError(.noSuchDevice, "\(name) is gone: \(reason)", device: name)
    }
}

extension InterfaceIdentity {
    /// Whether this can be no other interface, as the host sees it: in a network namespace that the host knows by `number`, nil
    /// for its own; `home` is the number by which it knows itself, if it has given itself one.
    fileprivate func isProven(by other: Link, in number: Int32?, home: Int32?) -> Bool {
        isUnique && isAlike(other, in: number, home: home)
    }

    /// Whether it is of the same kind, and on the same one, as the host sees it.
    fileprivate func isAlike(_ other: Link, in number: Int32?, home: Int32?) -> Bool {
        let place = other.lowerNamespace ?? number
        return isAlike(other, lowerIn: place == home ? nil : place)
    }
}
