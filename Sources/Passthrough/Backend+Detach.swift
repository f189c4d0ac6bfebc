public import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink

extension Backend {
    /// Takes devices of a container back and makes them what they were. A container that has died is no obstacle.
    ///
    /// - Parameters:
    ///   - selectors: which devices; each must name at least one, unless `ifAttached`.
    ///   - limit: how long to wait for processes that have a device open, after it was taken from them. Without, and in
    ///     any case in the end, the outcome says which are left.
    ///   - dryRun: only say what would be done.
    ///   - alsoConfigured: whether interfaces are meant too that the container's engine has moved into it by its
    ///     configuration. No record tells what they were: they come home down, under their names.
    /// - Throws: `incomplete-undo` when something could not be put back; everything else was.
    public func detach(
        _ selectors: [DeviceSelector], from reference: ContainerReference, ifAttached: Bool = false,
        waiting limit: Duration = .zero, dryRun: Bool = false, alsoConfigured: Bool = false
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        do {
            let entries = alsoConfigured ? try ConfiguredContainers.container(reference).entries() : []
            return try detach(
                selectors, from: reference, ifAttached: ifAttached, waiting: limit, dryRun: dryRun,
                asConfigured: entries)
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// The same with what the container's configuration has, or had when it started.
    func detach(
        _ selectors: [DeviceSelector], from reference: ContainerReference, ifAttached: Bool,
        waiting limit: Duration = .zero, dryRun: Bool = false, asConfigured entries: [ConfiguredEntry]
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        do {
            let deadline = ContinuousClock.now.advanced(by: limit)
            var (outcome, steps, devices) = try detach(
                selectors, reference, ifAttached: ifAttached, dryRun: dryRun, entries)
            // Nobody is kept from the container and the devices meanwhile.
            outcome.holders = try holders(of: devices, until: deadline)
            return (outcome, steps)
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    private func detach(
        _ selectors: [DeviceSelector], _ reference: ContainerReference, ifAttached: Bool, dryRun: Bool,
        _ entries: [ConfiguredEntry]
    ) throws -> (outcome: Outcome, steps: [Step], devices: HeldDevices) {
        try Self.requirePrivilege()
        var locks = try newLocks(dry: dryRun)
        let meant = try MeantContainer(reference)
        let entries = try selectors.flatMap {
            try $0.entries(among: entries, of: reference, in: "the configuration of \(reference)")
        }
        let candidates =
            try meant.records(in: journal, mayBeGone: ifAttached) + recordsOfMoved(entries, in: reference)
        try locks.take(Set(candidates.map(\.container.lockName)), for: "container \(reference)")
        // Another run may have changed them until the lock was ours.
        let moved = try recordsOfMoved(entries, in: reference)
        let records = try select(selectors, from: meant, and: moved, ifAttached: ifAttached)
        if dryRun {
            return (Outcome(), records.map { Step("take-back", $0.hostName, "from \(reference)") }, try HeldDevices([]))
        }
        let unknown = records.filter { record in moved.contains { $0.id == record.id } }
        for record in unknown {
            try journal.write(record)
            stopPoint()
            try pin(record.container.pinned().network, for: record)
        }
        var (outcome, devices) = try detach(records, from: reference.description, &locks)
        outcome.notes = unknown.map {
            "\($0.hostName) was moved at the start of \(reference), and nothing tells what it had on the host: it came "
                + "home down, without addresses, with the MTU that it had in the container"
        }
        return (outcome, [], devices)
    }

    /// Takes back what these records say, the latest first. The caller has the lock of their container, and has read them
    /// since.
    func detach(
        _ records: [Record], from container: String, _ locks: inout Locks
    ) throws -> (outcome: Outcome, devices: HeldDevices) {
        try locks.take(records.map(\.lockName), for: records.map(\.hostName).joined(separator: ", "))
        try refuseTakenNames(records)
        let devices = try HeldDevices(records)
        var outcome = Outcome()
        for record in records.reversed() {
            observe(Step("take-back", record.hostName, "from \(container)"))
            outcome.failures += try detach(record)
            outcome.detached.append(Attachment(record, isCommitted: true))
        }
        guard outcome.failures.isEmpty else {
            throw PassthroughError(.incompleteUndo, outcome.failures.joined(separator: "; "))
        }
        return (outcome, devices)
    }

    /// A name that the host has given to another interface meanwhile would leave the one that comes home under its name
    /// in the container: better said before. What has gone needs no name, as when it was unplugged and plugged in again.
    private func refuseTakenNames(_ records: [Record]) throws {
        guard !force else { return }
        for record in records {
            guard case .interface(let interface) = record.change else { continue }
            for link in interface.links {
                guard let other = try InterfaceSockets.otherLink(named: link), try !isGone(interface, record) else {
                    continue
                }
                throw PassthroughError(
                    .nameTaken, "the host has another interface \(other) now", device: record.hostName,
                    hint: "rename that one, or use --force and \(link.name) comes home under another name")
            }
        }
    }

    private func detach(_ record: Record) throws -> [String] {
        var record = record
        record.isDetaching = true
        try journal.write(record)
        stopPoint()
        return takeBack(record)
    }
}
