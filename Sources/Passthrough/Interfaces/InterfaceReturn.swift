internal import Glibc
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// Bringing an interface home: the undo of an attach, a detach, and what recovers either after a kill. Every step asks
/// where things are first, so it can be begun again at any point.
final class InterfaceReturn {
    private let snapshot: InterfaceSnapshot
    private let containerIndex: Int32
    /// Its number at home: the old one, unless somebody has taken that.
    private var homeIndex: Int32

    init(snapshot: InterfaceSnapshot, containerIndex: Int32) {
        self.snapshot = snapshot
        self.containerIndex = containerIndex
        homeIndex = snapshot.link.index
    }

    private var name: String { snapshot.link.name.description }

    /// Moves the interface home, if it is away, and makes it what it was. Throws when it cannot be had back; what else
    /// fails comes back.
    func carryOut(
        host: borrowing NetlinkSocket, hostNamespace: borrowing Namespace, inside: borrowing NetlinkSocket
    ) throws -> [String] {
        var link = try atHome(host)
        if link == nil {
            guard try inside.link(containerIndex).map(snapshot.isSameDevice) == true else {
                throw PassthroughError(
                    .noSuchDevice,
                    "\(name) is neither on the host nor in the container: it was deleted there, or moved on",
                    device: name)
            }
            try fetch(host: host, hostNamespace: hostNamespace, inside: inside)
            link = try atHome(host)
        }
        guard let link else {
            throw PassthroughError(.kernel, "\(name) is not on the host after its move", device: name)
        }
        stopPoint()
        let restoration = InterfaceRestoration(of: snapshot, as: homeIndex)
        try restoration.carryOut(link, on: host)
        return restoration.failures
    }

    private func atHome(_ host: borrowing NetlinkSocket) throws -> Link? {
        guard let link = try host.link(homeIndex), snapshot.isSameDevice(as: link) else { return nil }
        return link
    }

    /// The move home. The container may not help, and may work against it: until the moment of the move it can add names
    /// that the host has, for which the kernel refuses the move.
    private func fetch(
        host: borrowing NetlinkSocket, hostNamespace: borrowing Namespace, inside: borrowing NetlinkSocket
    ) throws {
        let wanted = snapshot.link.name
        var down = LinkChanges()
        down.flagsOff = .up
        try inside.set(down, of: containerIndex)
        stopPoint()
        for attempt in 1... {
            do throws(NetlinkError) {
                guard let link = try inside.link(containerIndex) else { return }
                try inside.removeAlternativeNames(link.alternativeNames, of: containerIndex)
                // Renamed inside, so that the host sees it come under one name only. When that name is taken inside, or
                // did not get through at the first attempt, it comes under another one and is renamed by the move.
                var rename = LinkChanges()
                if attempt > 1 {
                    rename.name = LinkName("hd" + String(UInt32.random(in: .min ... .max), radix: 16))
                } else if link.name != wanted, try inside.link(named: wanted) == nil {
                    rename.name = wanted
                }
                try inside.set(rename, of: containerIndex)
                stopPoint()
                try inside.move(containerIndex, to: hostNamespace, as: homeIndex, named: wanted)
                return
            } catch {
                if try atHome(host) != nil { return }  // Moved, but not renamed: the rest is done at home.
                if error.code == .resourceBusy { homeIndex = .random(in: 1_000_000...Int32.max) }
                guard attempt < 20, [.resourceBusy, .fileExists, .noSuchFileOrDirectory].contains(error.code) else {
                    throw PassthroughError(error).about(device: name)
                }
            }
        }
    }
}
