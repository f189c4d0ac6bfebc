public import Containers
internal import HostdevModel
internal import LinuxSystem

// The way of a device back to the host.
extension Backend {
    /// Takes devices of a container back and makes them what they were. A container that has ended is no obstacle.
    ///
    /// - Parameters:
    ///   - selectors: the devices. Each selector has to match at least one, unless `ifAttached` is true.
    ///   - reference: the container.
    ///   - ifAttached: whether a selector that matches no device is ignored.
    ///   - limit: how long to wait, after the devices are detached, until no process has them open. The outcome lists the
    ///     processes that still have one open after that.
    /// - Throws: `incomplete-undo` when something could not be restored; everything else was.
    public func detach(
        _ selectors: [DeviceSelector], from reference: ContainerReference, ifAttached: Bool = false,
        waiting limit: Duration = .zero
    ) throws(PassthroughError) -> Outcome {
        try detach(selectors, from: reference, ifAttached: ifAttached, waiting: limit, dryRun: false).outcome
    }

    /// Works out what a detach would do, and changes nothing.
    public func planDetach(
        _ selectors: [DeviceSelector], from reference: ContainerReference, ifAttached: Bool = false
    ) throws(PassthroughError) -> Plan {
        Plan(try detach(selectors, from: reference, ifAttached: ifAttached, dryRun: true))
    }

    /// Detaches, or with `dryRun` only says the steps.
    package func detach(
        _ selectors: [DeviceSelector], from reference: ContainerReference, ifAttached: Bool = false,
        waiting limit: Duration = .zero, dryRun: Bool
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        try detach(
            selectors, from: reference, ifAttached: ifAttached, waiting: limit, dryRun: dryRun, configured: [])
    }

    /// Takes one device back, by the id of its attachment, from whichever container has it.
    ///
    /// - Throws: `not-attached` if there is no attachment of that id.
    public func detach(attachment id: String, waiting limit: Duration = .zero) throws(PassthroughError) -> Outcome {
        let reference: ContainerReference
        do {
            guard Journal.isID(id), let record = try journal.record(id) else {
                throw PassthroughError(.notAttached, "there is no attachment \(id)")
            }
            reference = try ContainerReference(record.container.reference)
        } catch {
            throw PassthroughError(error)
        }
        return try detach([.id(id)], from: reference, waiting: limit)
    }

    /// The same, and interfaces besides that the container's engine has moved by its configuration. They return down, under
    /// their names.
    package func detach(
        _ selectors: [DeviceSelector], from reference: ContainerReference, ifAttached: Bool,
        waiting limit: Duration = .zero, dryRun: Bool = false, configured interfaces: [ConfiguredInterface]
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        do {
            try Self.requirePrivilege()
            let deadline = ContinuousClock.now.advanced(by: limit)
            var scan = OpenDeviceScan()
            var outcome = Outcome()
            // Nobody is kept from the container and the devices while open files are waited for.
            do {
                var locks = try newLocks(dry: dryRun)
                let (records, moved) = try selectRecords(
                    selectors, of: reference, ifAttached: ifAttached, configured: interfaces, &locks)
                if dryRun {
                    return (outcome, records.map { Step("take-back", $0.hostName, "from \(reference)") })
                }
                let unknown = records.filter { record in moved.contains { $0.id == record.id } }
                try recordMoved(unknown)
                (outcome, scan) = try revertAll(records, &locks)
                outcome.notes = unknown.map {
                    "\($0.hostName) was moved at the start of \(reference), and nothing tells what it had on the host: it came "
                        + "home down, without addresses, with the MTU that it had in the container"
                }
            }
            outcome.openHandles = try openHandles(of: scan, until: deadline)
            return (outcome, [])
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// Takes the lock of the container, and selects the records that are meant; among them, as `moved`, those of interfaces
    /// that an engine has moved, which are in no journal.
    private func selectRecords(
        _ selectors: [DeviceSelector], of reference: ContainerReference, ifAttached: Bool,
        configured interfaces: [ConfiguredInterface], _ locks: inout Locks
    ) throws -> (records: [Record], moved: [Record]) {
        let lookup = try ContainerLookup(reference)
        let candidates =
            try lookup.records(in: journal, mayBeGone: ifAttached) + recordsOfMoved(interfaces, in: reference)
        try locks.take(Set(candidates.map(\.container.lockName)), for: "container \(reference)")
        // Another run may have changed them until the lock was ours.
        let moved = try recordsOfMoved(interfaces, in: reference)
        return (try select(selectors, from: lookup, and: moved, ifAttached: ifAttached), moved)
    }

    /// Writes the records of interfaces that an engine has moved, so that a kill leaves what can be reverted.
    private func recordMoved(_ records: [Record]) throws {
        for record in records {
            try journal.write(record)
            stopPoint()
            try pin(record.container.pinned().network, for: record)
        }
    }

    /// Reverts what records say, the latest first. The caller has the lock of their container, and has read them since.
    ///
    /// - Returns: the outcome, and how to find the processes that still have a device open.
    func revertAll(
        _ records: [Record], _ locks: inout Locks
    ) throws -> (outcome: Outcome, scan: OpenDeviceScan) {
        try locks.take(records.map(\.lockName), for: records.map(\.hostName).joined(separator: ", "))
        if !force { for record in records { try record.change.checkReturn(of: record, self) } }
        let scan = try OpenDeviceScan(records)
        var outcome = Outcome()
        for id in records.reversed().map(\.id) {
            // The one before it may have left it a directory that both have nodes in.
            guard var record = try journal.record(id) else { continue }
            record.isDetaching = true
            try journal.write(record)
            stopPoint()
            outcome.failures += revert(record)
            var detached = record
            detached.isDetaching = false
            outcome.detached.append(Attachment(detached, isCommitted: true))
        }
        guard outcome.failures.isEmpty else {
            throw PassthroughError(incompleteUndo: outcome.failures)
        }
        return (outcome, scan)
    }
}
