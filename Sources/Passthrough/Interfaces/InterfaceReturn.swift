internal import Glibc
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// Bringing an interface home: the undo of an attach, a detach, and what recovers either after a kill. Every step asks
/// where things are first, so it can be begun again at any point.
final class InterfaceReturn {
    let snapshot: InterfaceSnapshot
    let containerIndex: Int32
    /// Where the namespace is kept in which the interface may stop on its way.
    let transit: FilePath
    /// Whether an interface, by its network namespace and its number there, is what another record speaks of.
    let isOthers: (FileIdentity, Int32) throws -> Bool
    /// Its number at home: the old one, unless somebody has taken that.
    var homeIndex: Int32

    init(
        snapshot: InterfaceSnapshot, containerIndex: Int32, transit: FilePath,
        isOthers: @escaping (FileIdentity, Int32) throws -> Bool
    ) {
        self.snapshot = snapshot
        self.containerIndex = containerIndex
        self.transit = transit
        self.isOthers = isOthers
        homeIndex = snapshot.link.index
    }

    private var name: String { snapshot.link.name.description }

    /// Moves the interface home, if it is away, and makes it what it was. Throws when it cannot be had back; what else
    /// fails comes back.
    func carryOut(
        host: borrowing NetlinkSocket, hostNamespace: borrowing Namespace, inside: borrowing NetlinkSocket,
        container: borrowing Namespace
    ) throws -> [String] {
        var link: Link?
        // The container can take it away from where it was found: move it on, or delete it.
        for _ in 0..<5 where link == nil {
            try bring(host: host, hostNamespace: hostNamespace, inside: inside, container: container)
            link = try host.link(homeIndex).flatMap { snapshot.isSameDevice(as: $0) ? $0 : nil }
        }
        guard let link else {
            throw PassthroughError(.kernel, "\(name) is not on the host after its move", device: name)
        }
        stopPoint()
        let restoration = InterfaceRestoration(of: snapshot, as: homeIndex)
        if !link.flags.contains(.up) {
            restoration.attempt {
                restoration.note(try Self.scrub(link, snapshot, inside, container, hostNamespace))
            }
        }
        try restoration.carryOut(link, on: host)
        return restoration.failures
    }

    /// Whether it is nowhere any more.
    func isGone(
        host: borrowing NetlinkSocket, hostNamespace: borrowing Namespace, inside: borrowing NetlinkSocket,
        container: borrowing Namespace
    ) throws -> Bool {
        guard try InterfacePlace.transit(leftAt: transit)?.passenger() == nil else { return false }
        do {
            _ = try find(host: host, hostNamespace: hostNamespace, inside: inside, container: container)
            return false
        } catch let error as PassthroughError where error.code == .noSuchDevice {
            return true
        }
    }

    /// Finds it and moves it home, if it is away.
    private func bring(
        host: borrowing NetlinkSocket, hostNamespace: borrowing Namespace, inside: borrowing NetlinkSocket,
        container: borrowing Namespace
    ) throws {
        if let way = try InterfacePlace.transit(leftAt: transit), let link = try way.passenger() {
            return try leave(way.socket, link.index, host: host, hostNamespace: hostNamespace)
        }
        switch try find(host: host, hostNamespace: hostNamespace, inside: inside, container: container) {
        case .home(let index): homeIndex = index
        case .container: try fetch(from: inside, containerIndex, host: host, hostNamespace: hostNamespace)
        case .elsewhere(let place, let index):
            try fetch(from: place.socket, index, host: host, hostNamespace: hostNamespace)
        }
    }

    /// The move home, against a container that may work against it.
    private func fetch(
        from away: borrowing NetlinkSocket, _ index: Int32, host: borrowing NetlinkSocket,
        hostNamespace: borrowing Namespace
    ) throws {
        var down = LinkChanges()
        down.flagsOff = .up
        try away.set(down, of: index)
        stopPoint()
        // Until the moment of the move the container can add names that the host has, for which the kernel refuses it.
        for _ in 0..<3 {
            do {
                return try leave(away, index, host: host, hostNamespace: hostNamespace)
            } catch let error as NetlinkError where error.isOfNames {}
        }
        let way = try InterfacePlace.transit(leftAt: transit) ?? InterfacePlace.transit(at: transit)
        stopPoint()
        try away.move(index, to: way.namespace, as: .random(in: 1_000_000...Int32.max), named: .temporaryName())
        stopPoint()
        guard let link = try way.passenger() else {
            throw PassthroughError(.kernel, "\(name) is not where it was moved to", device: name)
        }
        try leave(way.socket, link.index, host: host, hostNamespace: hostNamespace)
    }

    /// One attempt to move it home.
    private func leave(
        _ away: borrowing NetlinkSocket, _ index: Int32, host: borrowing NetlinkSocket,
        hostNamespace: borrowing Namespace
    ) throws {
        guard let link = try away.link(index) else { return }
        try away.removeAlternativeNames(link.alternativeNames, of: index)
        // Renamed there, so that the host sees it come under one name only, and never under one of the container's choice.
        // Where its own is taken, here or there, it comes under one that nobody can have.
        let wanted = snapshot.link.name
        var rename = LinkChanges()
        if try host.link(named: wanted) != nil {
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
        if try host.link(homeIndex) != nil { homeIndex = .random(in: 1_000_000...Int32.max) }
        do {
            try away.move(index, to: hostNamespace, as: homeIndex, named: rename.name ?? wanted)
        } catch {
            // Moved, but not renamed: the rest is done at home.
            guard try host.link(homeIndex).map(snapshot.isSameDevice) != true else { return }
            throw error
        }
    }
}

extension NetlinkError {
    /// Whether a name, or a number, was in the way, which may be out of the way at the next attempt.
    fileprivate var isOfNames: Bool { [.resourceBusy, .fileExists, .noSuchFileOrDirectory].contains(code) }
}
