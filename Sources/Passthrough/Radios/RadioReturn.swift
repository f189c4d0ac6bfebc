internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// Bringing a radio home with all of its interfaces: the undo of an attach, a detach, and what recovers either after a
/// kill. Every step asks where things are first, so it can be begun again at any point.
struct RadioReturn {
    private let snapshot: RadioSnapshot

    init(_ record: InterfaceRecord) throws {
        snapshot = try RadioSnapshot(record)
    }

    private var number: UInt32 { snapshot.radio.number }
    private var name: LinkName { snapshot.members[0].name }

    /// Moves the radio home, if it is away, and makes its interfaces what they were. Throws when it cannot be had back;
    /// what else fails comes back.
    func carryOut(
        host: borrowing NetlinkSocket, radios: RadioSocket, hostNamespace: borrowing Namespace,
        inside: borrowing NetlinkSocket, radiosInside: RadioSocket
    ) throws -> [String] {
        let restoration = RadioRestoration(of: snapshot, radios)
        if try radios.radio(number) == nil {
            try fetch(to: hostNamespace, radios: radios, inside: inside, radiosInside: radiosInside)
            try restoration.sendAwayGuests(on: host)
        }
        stopPoint()
        try restoration.carryOut(on: host)
        return restoration.failures
    }

    /// The move home. The container may not help, and may work against it: until the moment of the move it can give
    /// interfaces of the radio alternative names that the host has, for which the kernel refuses the move.
    private func fetch(
        to hostNamespace: borrowing Namespace, radios: RadioSocket, inside: borrowing NetlinkSocket,
        radiosInside: RadioSocket
    ) throws {
        for attempt in 1... {
            guard let radio = try radiosInside.radio(number) else {
                throw PassthroughError(
                    .noSuchDevice,
                    "\(name) is neither on the host nor in the container: "
                        + "its radio \(snapshot.radio.name) was unplugged, or moved on",
                    device: name.description)
            }
            do throws(NetlinkError) {
                // What the container made does not come along, if the driver can take it away.
                for guest in try snapshot.guests(in: radiosInside) { try? radiosInside.remove(guest) }
                stopPoint()
                try nameForHome(radiosInside, inside: inside)
                stopPoint()
                try radiosInside.move(radio, to: hostNamespace)
                return stopPoint()
            } catch {
                if try radios.radio(number) != nil { return }
                // ENODEV: the container removed an interface in between.
                let passing: [Errno] = [
                    .fileExists, .resourceBusy, .noSuchFileOrDirectory, .operationNotSupportedByDevice,
                ]
                guard attempt < 20, passing.contains(error.code) else {
                    throw PassthroughError(error).about(device: name.description)
                }
            }
        }
    }

    /// Gives the interfaces their names for home where these are free inside, so that the host sees them come under no
    /// other; in two steps, since they may have each other's. The kernel refuses no name, but it does refuse alternative
    /// names that the host has.
    private func nameForHome(_ radios: RadioSocket, inside: borrowing NetlinkSocket) throws(NetlinkError) {
        let present = try radios.interfaces(of: number)
        for index in present.compactMap(\.index) {
            guard let link = try inside.link(index) else { continue }
            try inside.removeAlternativeNames(link.alternativeNames, of: index)
        }
        var down = LinkChanges()
        down.flagsOff = .up
        for interface in present where interface.name != snapshot.member(interface)?.name {
            guard let index = interface.index else { continue }
            try? inside.set(down, of: index)
            try? inside.set(.transientName(), of: index)
        }
        for interface in present {
            guard let index = interface.index, let name = snapshot.member(interface)?.name, name != interface.name,
                try inside.link(named: name) == nil
            else { continue }
            try? inside.set(.name(name), of: index)
        }
    }
}
