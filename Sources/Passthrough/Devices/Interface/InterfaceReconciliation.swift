internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink

// Interfaces of hardware whose device leaves the host while a container has them, or loses its driver: the kernel deletes them
// there, and makes new ones on the host when it is back.
extension InterfaceChange {
    func needsReconcile(_ record: Record) throws -> Bool {
        switch try presence(record) {
        case nil: false
        case .here: isAway
        case .back: true
        case .away: !isAway
        }
    }

    func reconcile(_ work: Reconciliation, _ locks: inout Locks) throws {
        guard try needsReconcile(work.record) else { return work.report(.unchanged) }
        var presence = try presence(work.record)
        // A killed run had begun to attach it again: once more, from the start.
        if case .here = presence {
            work.report(failures: try returnToHost(work.record, work.backend))
            presence = try self.presence(work.record)
        }
        if !isAway {
            var away = self
            away.isAway = true
            let step = Step("withdraw", hostName, "from \(work.record.container.reference): it has left the host")
            try work.backend.perform([step], of: work.record.id) { try work.write(away) }
            work.report(.left)
        }
        guard case .back(let link) = presence else { return }
        try locks.take([InterfaceSockets.lockName(home: home, index: link.index)], for: hostName)
        try reattach(link, work)
        work.report(.attached)
    }

    /// Whether the interface has gone from the container, with its device or its driver, or is on the host again; or whether a
    /// killed run had begun to attach it again.
    func hasLeft(_ record: Record) throws -> Bool {
        switch try presence(record) {
        case nil: false
        case .here: isAway
        case .back, .away: !isAway
        }
    }

    /// Whether a killed run had begun to attach it again.
    func isHalfAttached(_ record: Record) throws -> Bool {
        if isAway, case .here? = try presence(record) { true } else { false }
    }

    /// Where the interface is, as far as its hardware decides that. Returns nil for a virtual interface, and for one that
    /// somebody moved.
    private func presence(_ record: Record) throws -> InterfacePresence? {
        guard let link, InterfaceHardware(link) != nil else { return nil }
        let container = try record.container.pinned()
        let sockets = try InterfaceSockets(to: container.network, named: record.container.reference)
        guard sockets.home == home else { return nil }
        return try sockets.presence(of: InterfaceSnapshot(self), containerIndex: containerIndex)
    }

    /// Moves an interface into the container as the one before was. What it is restored to is what that was on the host.
    private func reattach(_ link: Link, _ work: Reconciliation) throws {
        let backend = work.backend
        guard case .net(let device) = work.record.hostdev.device else { return }
        guard try !backend.isUdevProcessing else {
            throw PassthroughError(.busy, "udev has not finished with \(link.name)")
        }
        let context = AttachContext(try work.record.container.pinned(), backend)
        let saved = try InterfaceSnapshot(self).renumbered(to: link.index)
        var plan = try InterfacePlan(
            device, link: link, as: saved, on: context.interfaces, reserved: [], backend)
        plan.sysfsDirectories = try backend.sysfsDirectoriesToShow(
            for: link.name.description, in: context.container.reference, beside: [work.record])
        var given = plan.change
        given.isAway = true
        try work.write(given)
        do {
            for phase in AttachPhase.allCases {
                try plan.apply(phase, id: work.record.id, in: context) { _ in }
            }
        } catch {
            var failures: [PassthroughError] = []
            do {
                failures = try given.returnToHost(work.record, backend)
            } catch {
                failures = [PassthroughError(error)]
            }
            throw PassthroughError(error).with(failedUndo: failures)
        }
        given.isAway = false
        try work.write(given)
    }
}
