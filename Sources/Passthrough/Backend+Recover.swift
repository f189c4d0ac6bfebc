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
            let entries = try journal.entries()
            for container in try containers(entries.records) {
                do {
                    try recover(container.records, under: container.lock, &outcome)
                } catch {
                    // What is wrong with one container keeps nobody from the others.
                    let error = PassthroughError(error)
                    if error.code == .busy { busy = busy ?? error } else { outcome.failures.append(error.description) }
                }
            }
            try endNamelessTransactions()
            // A run that was killed before its first record has left nothing that names its container.
            try? journal.removeAbandonedFiles()
            try removeStaleLocks()
            outcome.failures += entries.unreadable.map { record in
                setAside(record)
                return "\(record) (\(remedy(for: record)))"
            }
            guard outcome.failures.isEmpty else {
                throw PassthroughError(.incompleteUndo, outcome.failures.joined(separator: "; "))
            }
            if let busy { throw busy }
            return outcome
        } catch {
            throw PassthroughError(error)
        }
    }

    /// What there is to do about a record that cannot be read. An interface that it is of is in the network namespace that is
    /// held for it.
    private func remedy(for record: UnreadableRecord) -> String {
        let pin = state.namespace(Journal.id(ofFile: record.name) ?? "")
        // For a message.
        let isPinned = (try? Namespace.pinned(at: pin)) != nil
        return record.remedy + (isPinned ? "; nsenter --net=\(pin) ip address shows what its container has" : "")
    }

    /// The containers that have, or were about to get, something: the name of each one's lock and the ids of its records,
    /// the oldest first.
    private func containers(_ records: [Record]) throws -> [(lock: String, records: [String])] {
        let records = records.map { (lock: $0.container.lockName, id: $0.id) }
        let locks = records.map(\.lock) + (try journal.transactions().compactMap(\.lock))
        var seen: Set<String> = []
        return locks.filter { seen.insert($0).inserted }.map { lock in
            (lock, records.filter { $0.lock == lock }.map(\.id))
        }
    }

    /// Recovers one container: those of its records that are left from a killed run, or all when it has died, or those
    /// whose devices have left the host or come back; and ends the transactions that were killed before their first record, or after their last was undone.
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
                outcome.failures.append(error.description)
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
            return try follow(record, &locks, &outcome)
        }
        try locks.take([record.lockName], for: record.hostName)
        if try isCommitted && !record.isDetaching && isGivenAnew(record) { return try forget(record) }
        observe(Step("take-back", record.hostName, "from \(record.container.reference)"))
        let attachment = Attachment(record, isCommitted: isCommitted)
        outcome.failures += takeBack(record)
        // One that could not be had back yet is left for another time.
        if try journal.record(record.id) == nil { outcome.detached.append(attachment) }
    }

    /// Ends the transactions that name no lock and have no records: nobody is at work under them, since who is has written
    /// down the lock that he holds.
    private func endNamelessTransactions() throws {
        for (transaction, lock) in try journal.transactions() where lock == nil {
            if try !journal.mayHaveRecords(of: transaction) { try journal.end(transaction) }
        }
    }

    /// Undoes what killed runs left of the devices that are meant, as far as nobody is working on them. A dry run undoes
    /// nothing.
    func settle(_ locks: inout Locks, where isMeant: (Record) -> Bool) throws {
        guard !locks.isDry else { return }
        let signs = ["state='detaching'"] + (try journal.transactions().map(\.id))
        for record in try journal.records(mentioning: signs) where try isUnfinished(record) && isMeant(record) {
            do {
                try locks.takeAtOnce([record.container.lockName, record.lockName])
            } catch let error as PassthroughError where error.code == .busy {
                continue
            }
            guard let record = try journal.record(record.id), try isUnfinished(record) else { continue }
            let failures = takeBack(record)
            guard failures.isEmpty else {
                throw PassthroughError(
                    .incompleteUndo, failures.joined(separator: "; "), hint: "hostdev recover tries again")
            }
            if try !journal.mayHaveRecords(of: record.transaction) { try journal.end(record.transaction) }
        }
    }

    func isUnfinished(_ record: Record) throws -> Bool {
        try record.isDetaching || !journal.isCommitted(record)
    }

    /// Removes the files of locks that a killed run held: taking one and letting it go is what removes it. That of the
    /// watcher is left: who finds it taken starts no other one.
    private func removeStaleLocks() throws {
        for name in try state.lockNames() {
            var locks = try newLocks()
            // One that stays is a lock that nobody holds, or that somebody does.
            try? locks.takeAtOnce([name])
        }
    }
}
