internal import Glibc
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// Returns an interface to the host: the undo of an attach, a detach, and what recovers either after a kill. Every step asks
/// first where the interface is, so it can be begun again at any point.
final class InterfaceReturn {
    let sockets: InterfaceSockets
    let snapshot: InterfaceSnapshot
    let containerIndex: Int32
    /// Where the namespace is pinned in which the interface may stop on its way.
    let transit: FilePath
    /// Whether an interface, by its network namespace and its number there, is what another record speaks of.
    let isOthers: (FileIdentity, Int32) throws -> Bool
    /// Its number on the host: the old one, unless another interface has it.
    var homeIndex: Int32

    init(
        _ sockets: InterfaceSockets, snapshot: InterfaceSnapshot, containerIndex: Int32, transit: FilePath,
        isOthers: @escaping (FileIdentity, Int32) throws -> Bool
    ) {
        self.sockets = sockets
        self.snapshot = snapshot
        self.containerIndex = containerIndex
        self.transit = transit
        self.isOthers = isOthers
        homeIndex = snapshot.link.index
    }

    private var name: String { snapshot.link.name.description }

    /// Moves the interface to the host, if it is not there, and makes it what it was.
    ///
    /// - Returns: what could not be restored.
    /// - Throws: an error if the interface cannot be returned; `no-such-device` if there is none any more.
    func returnToHost() throws -> [PassthroughError] {
        var link: Link?
        // The container can take it away from where it was found: move it on, or delete it.
        for _ in 0..<5 where link == nil {
            try findAndMove()
            link = try sockets.host.link(homeIndex).flatMap { snapshot.isSameDevice(as: $0) ? $0 : nil }
        }
        guard let link else {
            throw PassthroughError(.kernel, "\(name) is not on the host after its move", device: name)
        }
        stopPoint()
        let restoration = InterfaceRestoration(of: snapshot, as: homeIndex)
        if !link.flags.contains(.up) {
            restoration.attempt {
                restoration.note(try sockets.removeUpperLinks(of: link, snapshot))
            }
        }
        try restoration.restore(link, on: sockets.host)
        return restoration.failures
    }

    /// Whether no network namespace within reach has the interface.
    func isGone() throws -> Bool {
        guard try NamespaceHandle.transit(leftAt: transit)?.passenger() == nil else { return false }
        do {
            _ = try locate()
            return false
        } catch let error as PassthroughError where error.code == .noSuchDevice {
            return true
        }
    }

    /// Finds the interface, and moves it to the host, if it is not there.
    private func findAndMove() throws {
        if let way = try NamespaceHandle.transit(leftAt: transit), let link = try way.passenger() {
            return try moveOnce(from: way.socket, link.index)
        }
        switch try locate() {
        case .host(let index): homeIndex = index
        case .container: try move(from: sockets.inside, containerIndex)
        case .elsewhere(let namespace, let index): try move(from: namespace.socket, index)
        }
    }

    /// Moves the interface to the host, against a container that may work against it.
    private func move(from away: borrowing NetlinkSocket, _ index: Int32) throws {
        var down = LinkChanges()
        down.flagsOff = .up
        try away.set(down, of: index)
        stopPoint()
        // Until the moment of the move the container can add names that the host has, for which the kernel refuses it.
        for _ in 0..<3 {
            do {
                return try moveOnce(from: away, index)
            } catch let error as NetlinkError where error.isOfNames {}
        }
        let way = try NamespaceHandle.transit(leftAt: transit) ?? NamespaceHandle.transit(at: transit)
        stopPoint()
        try away.move(index, to: way.namespace, as: .random(in: 1_000_000...Int32.max), named: .temporaryName())
        stopPoint()
        guard let link = try way.passenger() else {
            throw PassthroughError(.kernel, "\(name) is not where it was moved to", device: name)
        }
        try moveOnce(from: way.socket, link.index)
    }

    /// One attempt to move the interface to the host.
    private func moveOnce(from away: borrowing NetlinkSocket, _ index: Int32) throws {
        guard let link = try away.link(index) else { return }
        try away.removeAlternativeNames(link.alternativeNames, of: index)
        // Renamed there, so that the host sees it come under one name only, and never under one of the container's choice.
        // Where its own is taken, here or there, it comes under one that nobody can have.
        let wanted = snapshot.link.name
        var rename = LinkChanges()
        if try sockets.host.link(named: wanted) != nil {
            rename.name = .temporaryName()
        } else if link.name != wanted {
            rename.name = try away.link(named: wanted) == nil ? wanted : .temporaryName()
        }
        try away.set(rename, of: index)
        stopPoint()
        // Renamed again: somebody works against us.
        guard try away.link(index)?.name == rename.name ?? wanted else {
            throw NetlinkError(.fileExists, "rename interface \(index)", sentence: "somebody else renames it")
        }
        if try sockets.host.link(homeIndex) != nil { homeIndex = .random(in: 1_000_000...Int32.max) }
        do {
            try away.move(index, to: sockets.hostNamespace, as: homeIndex, named: rename.name ?? wanted)
        } catch {
            // Moved, but not renamed: the rest is done on the host.
            guard try sockets.host.link(homeIndex).map(snapshot.isSameDevice) != true else { return }
            throw error
        }
    }
}

extension NetlinkError {
    /// Whether a name, or a number, was in the way, which may be out of the way at the next attempt.
    fileprivate var isOfNames: Bool { [.resourceBusy, .fileExists, .noSuchFileOrDirectory].contains(code) }
}
