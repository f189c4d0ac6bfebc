internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink

// Interfaces of hardware whose device leaves the host while a container has them, or loses its driver: the kernel deletes them
// there, and makes new ones on the host when it is back.
extension Backend {
    /// Whether an interface has gone with its device, or is back with it.
    func mustFollow(_ interface: InterfaceChange, of record: Record) throws -> Bool {
        switch try presence(of: interface, record) {
        case nil: false
        case .here: interface.isAway
        case .back: true
        case .away: !interface.isAway
        }
    }

    /// Notes that an interface has gone with its device, or gives it again when it is back. The caller holds the lock of the
    /// container, which runs.
    func follow(
        _ interface: InterfaceChange, of record: inout Record, _ locks: inout Locks, _ outcome: inout Outcome
    ) throws {
        var presence = try presence(of: interface, record)
        // A killed run had begun to give it again: once more, from the start.
        if case .here = presence {
            outcome.failures += try bringHome(interface, record)
            presence = try self.presence(of: interface, record)
        }
        if !interface.isAway {
            observe(Step("withdraw", record.hostName, "from \(record.container.reference): it has left the host"))
            var away = interface
            away.isAway = true
            try write(away, in: &record)
            outcome.detached.append(Attachment(record, isCommitted: true))
        }
        guard case .back(let link) = presence else { return }
        let lock = InterfaceSockets.lockName(home: interface.home, index: link.index)
        try locks.take([lock], for: record.hostName)
        try giveAgain(link, interface, &record)
        outcome.attached.append(Attachment(record, isCommitted: true))
    }

    private func presence(of interface: InterfaceChange, _ record: Record) throws -> InterfacePresence? {
        guard interface.radio == nil, let link = interface.link, InterfaceHardware(link) != nil else { return nil }
        let container = try record.container.pinned()
        let sockets = try InterfaceSockets(to: container.network, named: record.container.reference)
        guard sockets.home == interface.home else { return nil }
        return try sockets.presence(of: InterfaceSnapshot(interface), containerIndex: interface.containerIndex)
    }

    /// Moves an interface into the container as the one before was. What it comes home to is what that was on the host.
    private func giveAgain(_ link: Link, _ interface: InterfaceChange, _ record: inout Record) throws {
        guard case .net(let device) = record.hostdev.device else { return }
        guard try !isUdevAtWork else { throw PassthroughError(.busy, "udev has not finished with \(link.name)") }
        let work = try Workplace(try record.container.pinned(), needsSockets: true)
        let saved = try InterfaceSnapshot(interface).renumbered(to: link.index)
        var plan = try work.interfaces.plan(device, link: link, as: saved, taken: [], force: force)
        plan.shownFolders = try foldersToShow(
            for: link.name.description, in: work.container.reference, beside: [record])
        var given = saved.record(
            containerIndex: plan.containerIndex, containerName: plan.containerName, home: interface.home)
        given.shownFolders = plan.shownFolders
        given.isAway = true
        try write(given, in: &record)
        do {
            try work.interfaces.move(plan, observe: observe)
            try work.interfaces.setUp(plan, observe: observe)
            try show(plan.shownFolders, to: work.container.reference)
        } catch {
            var failures: [String] = []
            do {
                failures = try bringHome(given, record)
            } catch {
                failures = ["\(error)"]
            }
            throw PassthroughError(error).with(failedUndo: failures)
        }
        given.isAway = false
        try write(given, in: &record)
    }

    private func write(_ interface: InterfaceChange, in record: inout Record) throws {
        record.change = .interface(interface)
        try journal.write(record)
        stopPoint()
    }
}
