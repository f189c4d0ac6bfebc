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

    /// What could not be put back, and how people can do it.
    private(set) var failures: [String] = []

    init(snapshot: InterfaceSnapshot, containerIndex: Int32) {
        self.snapshot = snapshot
        self.containerIndex = containerIndex
        homeIndex = snapshot.link.index
    }

    private var name: String { snapshot.link.name.description }

    /// Moves the interface home, if it is away, and makes it what it was. Throws when it cannot be had back; what else
    /// fails is in ``failures``.
    func carryOut(
        host: borrowing NetlinkSocket, hostNamespace: borrowing Namespace, inside: borrowing NetlinkSocket
    ) throws {
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
        try restore(link, on: host)
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

    /// Makes an interface at home what the snapshot says. One that is up has either never left, or was set right before
    /// it was switched on: only what it carries can be missing.
    private func restore(_ link: Link, on host: borrowing NetlinkSocket) throws {
        if link.flags.contains(.up) {
            try restoreWhatNeedsTheInterfaceUp(on: host)
        } else {
            restoreProperties(link, on: host)
            try restoreWhatItCarries(on: host)
        }
    }

    private func restoreProperties(_ link: Link, on host: borrowing NetlinkSocket) {
        let saved = snapshot.link
        let extra = link.alternativeNames.filter { !saved.alternativeNames.contains($0) }
        attempt { try host.removeAlternativeNames(extra, of: homeIndex) }
        for change in LinkDifference(from: link, to: saved).changes {
            attempt { try host.set(change, of: homeIndex) }
        }
        let missing = saved.alternativeNames.filter { !link.alternativeNames.contains($0) }
        attempt { try host.addAlternativeNames(missing, to: homeIndex) }
        stopPoint()
    }

    private func restoreWhatItCarries(on host: borrowing NetlinkSocket) throws {
        // IPv4 in the kernel's order: the first address of a network is the primary one. IPv6 in reverse: the kernel
        // lists the newest first. The link-local ones before the interface goes up, else the kernel makes its own, and
        // asks the network about them; the others after, else they get no route.
        let addresses = snapshot.configuration.addresses
        let ipv6 = addresses.filter(\.isIPv6).reversed()
        for address in addresses where !address.isIPv6 { put(address, on: host) }
        for address in ipv6 where address.isLinkLocal { put(address, on: host) }
        guard snapshot.link.flags.contains(.up) else {
            for address in ipv6 where !address.isLinkLocal { put(address, on: host) }
            return
        }
        var up = LinkChanges()
        up.flagsOn = .up
        attempt { try host.set(up, of: homeIndex) }
        stopPoint()
        try restoreWhatNeedsTheInterfaceUp(on: host)
    }

    private func restoreWhatNeedsTheInterfaceUp(on host: borrowing NetlinkSocket) throws {
        let present = try host.configuration(of: homeIndex)
        let saved = snapshot.configuration
        let addresses = Set(present.addresses.map(\.description))
        for address in saved.addresses where !address.isIPv6 && !addresses.contains(address.description) {
            put(address, on: host)
        }
        for address in saved.addresses.reversed() where address.isIPv6 && !addresses.contains(address.description) {
            put(address, on: host)
        }
        stopPoint()
        let routes = Set(present.routes.map(\.message))
        let missing = saved.routes.filter { !routes.contains($0.message) }
        attempt { try host.restoreRoutes(missing, from: snapshot.link.index, to: homeIndex) }
        for neighbour in saved.neighbours { attempt { try host.restore(neighbour, on: homeIndex) } }
        stopPoint()
        try awaitLocalRoutes(on: host)
    }

    /// The kernel makes an IPv6 address usable, with a route to it in the table `local`, from a work queue of its own,
    /// some time after it has said that the address is there. Nobody is to find the interface in between.
    private func awaitLocalRoutes(on host: borrowing NetlinkSocket) throws {
        let wanted = Set(snapshot.configuration.routes.filter(\.isToOwnIPv6Address).map(\.destination))
        for _ in 0..<1_000 {
            let present = try host.routes(through: homeIndex).filter(\.isToOwnIPv6Address).map(\.destination)
            if wanted.isSubset(of: present) { return }
            usleep(1_000)
        }
    }

    private func put(_ address: AddressRecord, on host: borrowing NetlinkSocket) {
        attempt {
            do throws(NetlinkError) {
                try host.restore(address, on: homeIndex, verified: address.isVerified)
            } catch {
                guard error.code == .fileExists else { throw error }
            }
        }
    }

    /// Undo goes on: a step that fails is noted, and the next is done.
    private func attempt(_ step: () throws -> Void) {
        do {
            try step()
        } catch {
            failures.append("\(name): \(error)")
        }
    }
}

extension RouteRecord {
    /// RTN_LOCAL, made by the kernel.
    fileprivate var isToOwnIPv6Address: Bool { family == 10 && type == 2 && isKernels }
}

extension AddressRecord {
    var isIPv6: Bool { local.count == 16 }
    /// Scope RT_SCOPE_LINK.
    var isLinkLocal: Bool { scope == 253 }
    /// Whether the network had accepted it: neither IFA_F_TENTATIVE nor IFA_F_DADFAILED.
    var isVerified: Bool { flags & (0x40 | 0x08) == 0 }
}
