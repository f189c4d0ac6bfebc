internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

extension Backend {
    /// Finishes or reverts what a killed run left, takes back the devices of containers that have ended, and reconciles devices
    /// that have left the host or returned.
    ///
    /// - Throws: `incomplete-undo` when something could not be restored, `busy` when another run was working on something;
    ///   everything else was.
    public func recover() throws(PassthroughError) -> Outcome {
        do {
            try Self.requirePrivilege()
            try state.make()
            var outcome = Outcome()
            var busy: PassthroughError?
            let entries = try journal.entries()
            for container in try containers(entries.records) {
                do {
                    try recover(container.records, under: container.lock, &outcome)
                } catch {
                    // What is wrong with one container keeps nobody from the others.
                    let error = PassthroughError(error)
                    if error.code == .busy { busy = busy ?? error } else { outcome.failures += error.parts }
                }
            }
            try endNamelessTransactions()
            // A run that was killed before its first record has left nothing that names its container.
            try? journal.removeAbandonedFiles()
            try removeStaleLocks()
            outcome.failures += entries.unreadable.map { record in
                setAside(record)
                var failure = PassthroughError(record)
                failure.message += pinned(for: record)
                return failure
            }
            guard outcome.failures.isEmpty else {
                throw PassthroughError(incompleteUndo: outcome.failures)
            }
            if let busy { throw busy }
            return outcome
        } catch {
            throw PassthroughError(error)
        }
    }

    /// Where the interface is that a record is of which cannot be read: in the network namespace that is pinned for it.
    private func pinned(for record: UnreadableRecord) -> String {
        let pin = state.namespace(Journal.id(ofFile: record.name) ?? "")
        // For a message.
        let isPinned = (try? Namespace.pinned(at: pin)) != nil
        return isPinned ? "; nsenter --net=\(pin) ip address shows what its container has" : ""
    }

    /// The containers that have, or were about to get, something: the name of each one's lock and the ids of its records,
    /// the oldest first.
    private func containers(_ records: [Record]) throws -> [(lock: String, records: [String])] {
        let locks = records.map(\.container.lockName)
        let ids = Dictionary(grouping: zip(locks, records.map(\.id)), by: \.0).mapValues { $0.map(\.1) }
        var seen: Set<String> = []
        return (locks + (try journal.transactions().compactMap(\.lock))).filter { seen.insert($0).inserted }.map {
            ($0, ids[$0] ?? [])
        }
    }

    /// Recovers one container: those of its records that are left from a killed run, or all when it has ended, or those
    /// whose devices have left the host or returned; and ends the transactions that were killed before their first record, or
    /// after their last was reverted.
    ///
    /// What fails with one device keeps nobody from the next; only what is being worked on is an error.
    func recover(_ ids: [String], under lock: String, _ outcome: inout Outcome) throws {
        var locks = try newLocks()
        try locks.take([lock], for: "its container")
        stopPoint()
        // Under the lock of its container nobody else changes a record.
        for id in ids {
            do {
                guard let record = try journal.record(id) else { continue }
                try recover(record, &locks, &outcome)
            } catch let record as UnreadableRecord {
                setAside(record)
            } catch {
                let error = PassthroughError(error)
                guard error.code != .busy else { throw error }
                outcome.failures += error.parts
            }
        }
        for (transaction, _) in try journal.transactions().filter({ $0.lock == lock }) {
            if try !journal.mayHaveRecords(of: transaction) { try journal.end(transaction) }
        }
        // What stays is in nobody's way.
        try? journal.removeAbandonedFiles()
    }

    private func recover(_ record: Record, _ locks: inout Locks, _ outcome: inout Outcome) throws {
        let isCommitted = try journal.isCommitted(record)
        guard try record.isDetaching || !isCommitted || record.container.hasEnded() else {
            return try reconcile(record, &locks, &outcome)
        }
        try locks.take([record.lockName], for: record.hostName)
        if try isCommitted && !record.isDetaching && isHandedToNewContainer(record) { return try deleteRecord(record) }
        let attachment = Attachment(record, isCommitted: isCommitted)
        outcome.failures += revert(record)
        // One that could not be reverted yet is left for another attempt.
        if try journal.record(record.id) == nil { outcome.detached.append(attachment) }
    }

    /// Ends the transactions that name no lock and have no records: no run works under them, since a run that does has written
    /// down the lock that it holds.
    private func endNamelessTransactions() throws {
        for (transaction, lock) in try journal.transactions() where lock == nil {
            if try !journal.mayHaveRecords(of: transaction) { try journal.end(transaction) }
        }
    }

    /// Removes the files of locks that a killed run held: taking one and releasing it is what removes it. That of the watcher
    /// is left: a watcher that finds it taken leaves again.
    private func removeStaleLocks() throws {
        for name in try state.lockNames() {
            var locks = try newLocks()
            // One that stays is a lock that nobody holds, or that somebody does.
            try? locks.takeAtOnce([name])
        }
    }
}
