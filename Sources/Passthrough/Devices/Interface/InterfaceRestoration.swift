internal import Glibc
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// Restores an interface on the host to what its snapshot says. Every step asks first what is there, so that it can be begun
/// again at any point.
final class InterfaceRestoration {
    let snapshot: InterfaceSnapshot
    /// Its number on the host now.
    let index: Int32
    /// How long it has been away, in seconds.
    let age: UInt32

    /// What could not be restored.
    private(set) var failures: [PassthroughError] = []
    /// The first failure for want of descriptors, memory or room: another attempt may succeed.
    private var shortage: (any Error)?

    init(of snapshot: InterfaceSnapshot, as index: Int32) {
        self.snapshot = snapshot
        self.index = index
        age = UInt32(clamping: (millisecondsSinceBoot() &- snapshot.time) / 1_000)
    }

    /// Restores it. An interface that is up has either never left, or was set right before it was switched on: only what it
    /// carries can be missing.
    func restore(_ link: Link, on host: borrowing NetlinkSocket) throws {
        if !link.flags.contains(.up) {
            removeXDPPrograms(link, on: host)
            restoreProperties(link, on: host)
            stopPoint()
            try restoreDriverSettings { _ in }
            stopPoint()
            try restoreSettings(on: host)
            stopPoint()
            restoreTraffic(on: host)
            stopPoint()
            restoreEarlyAddresses(on: host)
            stopPoint()
        }
        // An interface that is up counts as one whose settings were put back.
        try endIfShort()
        // Before it goes up: so a bond wants it, and a bridge's port lets nothing through that it should not.
        try restorePort(on: host)
        if snapshot.link.flags.contains(.up) {
            var up = LinkChanges()
            up.flagsOn = .up
            attempt { try host.set(up, of: index) }
            stopPoint()
            try restoreAddresses(on: host)
            stopPoint()
            try restoreRoutes(on: host)
        }
        // Some drivers take some of them only when they are up.
        try restoreDriverSettings { failure in attempt { throw failure } }
        try restoreNeighbours(on: host)
        stopPoint()
        try awaitLocalRoutes(on: host)
        try restoreUpperLinks(of: snapshot, on: host)
        try endIfShort()
    }

    /// Leaves the rest for another time, for which the record stays.
    private func endIfShort() throws {
        if let shortage { throw shortage }
    }

    /// The kernel makes an IPv6 address usable, with a route to it in the table `local`, from a work queue of its own,
    /// some time after it has said that the address is there. Nobody is to find the interface in between.
    private func awaitLocalRoutes(on host: borrowing NetlinkSocket) throws {
        let addresses = Set(try host.addresses(of: index).map(\.local))
        let wanted = Set(snapshot.configuration.routes.filter(\.isToOwnIPv6Address).map(\.destination))
            .intersection(addresses)
        for _ in 0..<1_000 {
            let present = try host.routes(through: index).filter(\.isToOwnIPv6Address).map(\.destination)
            if wanted.isSubset(of: present) { return }
            usleep(1_000)
        }
    }

    /// What is there is left alone: some of it only the kernel may enter, as a bridge's own address.
    private func restoreNeighbours(on host: borrowing NetlinkSocket) throws {
        guard !snapshot.configuration.neighbours.isEmpty else { return }
        let present = Set(try host.neighbours(behind: index).map(\.identity))
        for neighbour in snapshot.configuration.neighbours where !present.contains(neighbour.identity) {
            attempt { try host.restore(neighbour, on: index) }
        }
    }

    private func restoreProperties(_ link: Link, on host: borrowing NetlinkSocket) {
        let saved = snapshot.link
        let (present, wanted) = (Set(link.alternativeNames), Set(saved.alternativeNames))
        let extra = link.alternativeNames.filter { !wanted.contains($0) }
        attempt { try host.removeAlternativeNames(extra, of: index) }
        for change in LinkDifference(from: link, to: saved).properties { attempt { try host.set(change, of: index) } }
        // Somebody else has its name: then better any name than one that the container may have chosen.
        attempt {
            guard link.name != saved.name, try host.link(index)?.name == link.name else { return }
            var change = LinkChanges()
            change.name = .temporaryName()
            try host.set(change, of: index)
        }
        for name in saved.alternativeNames where !present.contains(name) {
            attempt { try host.addAlternativeName(name, to: index) }
        }
    }

    /// After the properties, since files are found by name and IPv6 needs a certain MTU; before any address, since
    /// disable_ipv6 forbids or takes away addresses.
    private func restoreSettings(on host: borrowing NetlinkSocket) throws {
        guard let link = try host.link(index) else { return }
        let files = SysctlSettings(of: link)
        let present = Set(link.ipv6Settings)
        let changed = snapshot.link.ipv6Settings.filter { !present.contains($0) }
        for setting in changed.compactMap(\.setting) + snapshot.settings { attempt { try files.restore(setting) } }
        // Writing the secret of the addresses has switched their mode.
        guard let link = try host.link(index) else { return }
        for change in LinkDifference(from: link, to: snapshot.link).addressing {
            attempt { try host.set(change, of: index) }
        }
    }

    /// Makes what ethtool(8) sets what it was.
    private func restoreDriverSettings(_ refused: (NetlinkError) -> Void) throws {
        guard !snapshot.driverSettings.isEmpty, let socket = try EthtoolSocket() else { return }
        for settings in snapshot.driverSettings {
            do throws(NetlinkError) {
                try socket.restore(settings, of: index)
            } catch {
                refused(error)
            }
        }
    }

    /// Makes all queueing disciplines, classes and filters again. The move has taken them off: what is there is ours, from
    /// before a kill, or a part of it.
    private func restoreTraffic(on host: borrowing NetlinkSocket) {
        let wanted = snapshot.configuration.traffic
        attempt {
            let present = try host.traffic(of: index)
            if wanted.missing(in: present).isEmpty, present.missing(in: wanted).isEmpty, present.unrestorable.isEmpty {
                return
            }
            try host.removeTraffic(of: index)
            var refused: Set<TrafficRecord> = []
            for record in wanted.records {
                do {
                    try host.restore(record, on: index)
                } catch {
                    refused.insert(record)
                    attempt { throw error }
                }
            }
            for record in wanted.missing(in: try host.traffic(of: index)) where !refused.contains(record) {
                note("\(record) came back with other settings")
            }
        }
    }

    /// Notes what could not be restored of something that belongs to the interface.
    func note(_ failures: [PassthroughError]) { self.failures += failures }

    /// Notes what was lost without an error.
    func note(_ loss: String) {
        let name = snapshot.link.name.description
        note([PassthroughError(.kernel, "\(name): \(loss)", device: name)])
    }

    /// Undo goes on: a step that fails is noted, and the next is done. One that fails for want of something is tried twice.
    func attempt(_ step: () throws -> Void) {
        do {
            do {
                try step()
            } catch {
                guard error.errno?.isShortage == true else { throw error }
                try step()
            }
        } catch {
            // A driver may answer with EIO for ever.
            if let errno = error.errno, errno.isShortage, errno != .ioError { shortage = shortage ?? error }
            failures.append(PassthroughError(restoring: snapshot.link.name.description, error))
        }
    }
}

extension Error {
    /// The kernel's number of the error.
    fileprivate var errno: Errno? { (self as? SystemError)?.code ?? (self as? NetlinkError)?.code }
}

extension RouteRecord {
    /// RTN_LOCAL, made by the kernel.
    fileprivate var isToOwnIPv6Address: Bool { family == 10 && type == 2 && isKernels }
}
