internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// Returns a radio to the host with all of its interfaces: the undo of an attach, a detach, and what recovers either after a
/// kill. Every step asks first where the radio is, so it can be begun again at any point.
///
/// It returns by way of a network namespace of our own. There the container can no longer rename, make and remove interfaces,
/// and none of its names is in the way: everything is set right where nobody sees it.
final class RadioReturn {
    private let sockets: InterfaceSockets
    private let radios: RadioSocket
    private let snapshot: RadioSnapshot
    private let transit: FilePath
    private let restoration: RadioRestoration

    init(_ sockets: InterfaceSockets, _ change: RadioChange, transit: FilePath) throws {
        self.sockets = sockets
        radios = try sockets.radios
        snapshot = try RadioSnapshot(change)
        self.transit = transit
        restoration = RadioRestoration(of: snapshot, radios)
    }

    private var number: UInt32 { snapshot.radio.number }
    private var name: LinkName { snapshot.members[0].name }

    /// Moves the radio to the host, if it is not there, and makes its interfaces what they were.
    ///
    /// - Returns: what could not be restored.
    /// - Throws: an error if the radio cannot be returned; `no-such-device` if it has gone.
    func returnToHost() throws -> [PassthroughError] {
        if try radios.radio(number) == nil {
            let way = try NamespaceHandle.transit(leftAt: transit) ?? NamespaceHandle.transit(at: transit)
            stopPoint()
            try moveToTransit(way.namespace)
            try moveToHost(way)
        }
        stopPoint()
        for interface in try radios.interfaces(of: number) {
            guard let index = interface.index, let link = try sockets.host.link(index), !link.flags.contains(.up) else {
                continue
            }
            let saved = snapshot.member(interface)?.snapshot ?? snapshot.members[0].snapshot
            restoration.attempt(link.name) { restoration.failures += try sockets.removeUpperLinks(of: link, saved) }
        }
        try restoration.restore(on: sockets.host)
        return restoration.failures
    }

    /// Whether no network namespace within reach has the radio, the container's and the one on the way among them.
    func isGone() throws -> Bool {
        guard try radios.radio(number) == nil else { return false }
        var isFound = false
        try forEachNetworkNamespace(hidden: true) { namespace in
            isFound = try RadioSocket.open(in: namespace)?.radio(number) != nil
            return isFound
        }
        return !isFound
    }

    /// Moves the radio out of the container, or of wherever it was moved on to.
    private func moveToTransit(_ way: borrowing Namespace) throws {
        guard try RadioSocket.open(in: way)?.radio(number) == nil else { return }
        if try move(from: sockets.container, to: way) { return }
        var isMoved = false
        try forEachNetworkNamespace(hidden: true) { namespace in
            isMoved = try move(from: namespace, to: way)
            return isMoved
        }
        guard !isMoved else { return }
        // The container's namespace knows by number to which other it was moved on, also when nothing leads there.
        for number in try sockets.inside.nsids() {
            guard
                let link = try sockets.inside.links(inNamespace: number).first(
                    where: snapshot.members[0].snapshot.isSameDevice)
            else { continue }
            throw PassthroughError(
                .incompleteUndo,
                "\(name) was moved on: it is \(link.name) in a network namespace to which no process and no mount leads",
                device: name.description, hint: Hint(.openNamespace))
        }
        throw PassthroughError(
            .noSuchDevice, "\(name) is gone: its radio \(snapshot.radio.name) was unplugged", device: name.description)
    }

    /// Whether the radio was there, and is in the other namespace now.
    private func move(from place: borrowing Namespace, to way: borrowing Namespace) throws -> Bool {
        guard let radios = try RadioSocket.open(in: place), let radio = try radios.radio(number) else { return false }
        stopPoint()
        try radios.move(radio, to: way)
        stopPoint()
        return true
    }

    /// Moves the radio home from the namespace on the way, with the interfaces and names that it had there.
    private func moveToHost(_ way: NamespaceHandle) throws {
        guard let radios = try RadioSocket.open(in: way.namespace), let radio = try radios.radio(number) else {
            throw PassthroughError(.kernel, "\(name) is not where its radio was moved to", device: name.description)
        }
        for guest in try snapshot.guests(in: radios) { restoration.attempt(guest.name) { try radios.remove(guest) } }
        stopPoint()
        try rename(try radios.interfaces(of: number), way.socket)
        stopPoint()
        try radios.move(radio, to: sockets.hostNamespace)
        stopPoint()
    }

    /// Gives the interfaces their names for home, so that the host sees them come under no other; in two steps, since they
    /// may have each other's. One that the container made, and that cannot be removed, gets a name that nobody has.
    private func rename(_ interfaces: [WirelessInterface], _ way: borrowing NetlinkSocket) throws {
        for interface in interfaces {
            guard let index = interface.index, let link = try way.link(index) else { continue }
            try way.removeAlternativeNames(link.alternativeNames, of: index)
            if link.name != snapshot.member(interface)?.name { try way.set(.name(.temporaryName()), of: index) }
        }
        for interface in interfaces {
            guard let index = interface.index, let name = snapshot.member(interface)?.name, name != interface.name
            else { continue }
            try way.set(.name(name), of: index)
        }
    }
}
