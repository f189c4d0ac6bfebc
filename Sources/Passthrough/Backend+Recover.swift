internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

extension Backend {
    /// Finishes or undoes what a killed run left, takes back the devices of containers that have died, and follows devices
    /// that have left the host or come back.
    ///
    /// - Throws: `incomplete-undo` when something could not be put back, `busy` when another run was working on something;
    ///   everything else was.
    public func recover() throws(PassthroughError) -> Outcome {
        do {
            try Self.requirePrivilege()
            try state.make()
            var outcome = Outcome()
            var busy: PassthroughError?
            for container in try containers() {
                do {
                    try recover(container.records, under: container.lock, &outcome)
                } catch let error as PassthroughError where error.code == .busy {
                    busy = busy ?? error
                }
            }
            try removeStaleLocks()
            guard outcome.failures.isEmpty else {
                throw PassthroughError(.incompleteUndo, outcome.failures.joined(separator: "; "))
            }
            if let busy { throw busy }
            return outcome
        } catch {
            throw PassthroughError(error)
        }
    }

    /// The containers that have, or were about to get, something: the name of each one's lock and the ids of its records,
    /// the oldest first.
    private func containers() throws -> [(lock: String, records: [String])] {
        let records = try journal.records().map { (lock: $0.container.lockName, id: $0.id) }
        let locks = records.map(\.lock) + (try journal.transactions().map(\.lock))
        var seen: Set<String> = []
        return locks.filter { seen.insert($0).inserted }.map { lock in
            (lock, records.filter { $0.lock == lock }.map(\.id))
        }
    }

    /// Recovers one container: those of its records that are left from a killed run, or all when it has died, or those
    /// whose devices have left the host or come back; and ends the transactions that were killed before their first record, or after their last was undone.
    func recover(_ ids: [String], under lock: String, _ outcome: inout Outcome) throws {
        var locks = try newLocks()
        try locks.take([lock], for: "its container")
        stopPoint()
        // Under the lock of its container nobody else changes a record.
        for record in try ids.compactMap({ try journal.record($0) }) {
            guard try isUnfinished(record) || record.container.hasEnded() else {
                try follow(record, &locks, &outcome)
                continue
            }
            try locks.take([record.lockName], for: record.hostName)
            if try !isUnfinished(record) && isGivenAnew(record) {
                try forget(record)
                continue
            }
            observe(Step("take-back", record.hostName, "from \(record.container.reference)"))
            let attachment = Attachment(record, isCommitted: journal.isCommitted(record))
            outcome.failures += takeBack(record)
            // One that could not be had back yet is left for another time.
            if try journal.record(record.id) == nil { outcome.detached.append(attachment) }
        }
        for (transaction, _) in try journal.transactions().filter({ $0.lock == lock }) {
            guard try !journal.records().contains(where: { $0.transaction == transaction }) else { continue }
            try journal.end(transaction)
        }
    }

    /// Undoes what killed runs left of the devices that are meant, as far as nobody is working on them. A dry run undoes
    /// nothing.
    func settle(_ locks: inout Locks, where isMeant: (AttachmentRecord) -> Bool) throws {
        guard !locks.isDry else { return }
        let signs = ["state='detaching'"] + (try journal.transactions().map(\.id))
        for record in try journal.records(mentioning: signs) where isUnfinished(record) && isMeant(record) {
            guard (try? locks.takeAtOnce([record.container.lockName, record.lockName])) != nil,
                let record = try journal.record(record.id), isUnfinished(record)
            else { continue }
            let failures = takeBack(record)
            guard failures.isEmpty else {
                throw PassthroughError(
                    .incompleteUndo, failures.joined(separator: "; "), hint: "hostdev recover tries again")
            }
        }
    }

    func isUnfinished(_ record: AttachmentRecord) -> Bool {
        record.isDetaching || !journal.isCommitted(record)
    }

    /// Removes the files of locks that a killed run held: taking one and letting it go is what removes it. That of the
    /// watcher is left: who finds it taken starts no other one.
    private func removeStaleLocks() throws {
        for name in try directoryEntries(state.path.appending("locks")) where name != StateDirectory.watcherLock {
            var locks = try newLocks()
            try? locks.takeAtOnce([name])
        }
    }
}

extension ContainerIdentity {
    /// Whether it runs no more. Throws when that cannot be found out: nothing is taken from a container that may live.
    func hasEnded() throws(PassthroughError) -> Bool {
        do {
            _ = try pinned()
            return false
        } catch {
            guard error.code == .noSuchContainer else { throw error }
            return true
        }
    }
}
