internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

extension Backend {
    /// Finishes or undoes what a killed run left, and takes back the devices of containers that have died.
    ///
    /// - Throws: `incomplete-undo` when something could not be put back; everything else was.
    public func recover() throws(PassthroughError) -> Outcome {
        do {
            try Self.requirePrivilege()
            try state.make()
            var outcome = Outcome()
            for record in try journal.records() {
                var locks = try newLocks()
                try locks.take([record.container.lockName, record.lockName], for: record.hostName)
                // Another run may have had it before the locks were ours.
                guard let record = try journal.record(record.id) else { continue }
                guard isUnfinished(record) || !record.container.isAlive else {
                    outcome.unchanged.append(Attachment(record, isCommitted: true))
                    continue
                }
                observe(Step("take-back", record.hostName, "from \(record.container.reference)"))
                outcome.failures += takeBack(record)
                outcome.detached.append(Attachment(record, isCommitted: journal.isCommitted(record)))
            }
            try removeEmptyTransactions()
            try removeStaleLocks()
            guard outcome.failures.isEmpty else {
                throw PassthroughError(.incompleteUndo, outcome.failures.joined(separator: "; "))
            }
            return outcome
        } catch {
            throw PassthroughError(error)
        }
    }

    /// Undoes what killed runs left of the devices that are meant, as far as nobody is working on them.
    func settle(_ locks: inout Locks, where isMeant: (AttachmentRecord) -> Bool) throws {
        for record in try journal.records() where isUnfinished(record) && isMeant(record) {
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

    /// Ends the transactions that were killed before their first record, or after their last was undone.
    private func removeEmptyTransactions() throws {
        for (transaction, lock) in try journal.transactions() {
            var locks = try newLocks()
            try locks.take([lock], for: "its container")
            if try !journal.records().contains(where: { $0.transaction == transaction }) {
                try journal.end(transaction)
            }
        }
    }
}

extension Backend {
    /// Removes the files of locks that a killed run held: taking one and letting it go is what removes it.
    private func removeStaleLocks() throws {
        for name in try directoryEntries(state.path.appending("locks")) {
            var locks = try newLocks()
            try? locks.takeAtOnce([name])
        }
    }
}

extension ContainerIdentity {
    /// Whether it still runs.
    var isAlive: Bool { (try? pinned()) != nil }
}
