internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

// The one undo, by a record alone: of a failed attach, of a detach, and of a run that was killed.
extension Backend {
    /// Reverts what a record says, and deletes it. The caller holds the locks of its container and of the device.
    ///
    /// - Parameter isUntouched: whether the device is as it was, so that only the record is deleted.
    /// - Returns: what could not be restored. The record stays if another attempt may do more.
    func revert(_ record: Record, isUntouched: Bool = false) -> [PassthroughError] {
        let steps = isUntouched ? [] : [Step("take-back", record.hostName, "from \(record.container.reference)")]
        tell(.started, steps, of: record.id)
        let failures = revertSilently(record, isUntouched: isUntouched)
        let kind = failures.isEmpty ? Event.Kind.finished : .failed(PassthroughError(incompleteUndo: failures))
        tell(kind, steps, of: record.id)
        return failures
    }

    private func revertSilently(_ record: Record, isUntouched: Bool) -> [PassthroughError] {
        do {
            let reversal = isUntouched ? Reversal() : try record.change.revert(record, self)
            if !reversal.isIncomplete { try deleteRecord(record) }
            return reversal.failures
        } catch let error as PassthroughError where error.code == .noSuchDevice {
            // Nothing is left that could be reverted.
            do {
                try deleteRecord(record)
                return [error]
            } catch let failure {
                return [
                    error,
                    PassthroughError(restoring: "its record is left in \(state.path)", failure).about(
                        device: record.hostName),
                ]
            }
        } catch {
            return [PassthroughError(restoring: record.hostName, error)]
        }
    }

    /// Reverts what killed runs left of the devices that are meant. A dry run reverts nothing. Returns whether there was
    /// anything.
    ///
    /// - Parameter skippingBusy: leaves alone what another run works on; else that is an error.
    @discardableResult
    func revertInterrupted(
        _ locks: inout Locks, skippingBusy: Bool = true, where isMeant: (Record) -> Bool
    ) throws -> Bool {
        guard !locks.isDry else { return false }
        var isAnything = false
        let keys = ["state='detaching'"] + (try journal.transactions().map(\.id))
        for record in try journal.records(mentioning: keys) where try isUnfinished(record) && isMeant(record) {
            do {
                try locks.takeAtOnce([record.container.lockName, record.lockName])
            } catch let error as PassthroughError where error.code == .busy && skippingBusy {
                continue
            }
            guard let record = try journal.record(record.id), try isUnfinished(record) else { continue }
            let failures = revert(record)
            guard failures.isEmpty else {
                throw PassthroughError(incompleteUndo: failures, hint: Hint(.recover))
            }
            if try !journal.mayHaveRecords(of: record.transaction) { try journal.end(record.transaction) }
            isAnything = true
        }
        return isAnything
    }

    /// Whether an attach has not come to its end, or a detach has begun.
    func isUnfinished(_ record: Record) throws -> Bool { try record.isDetaching || !journal.isCommitted(record) }

    /// Deletes a record, and what keeps the container's network namespace alive for it.
    func deleteRecord(_ record: Record) throws {
        try releasePin(state.namespace(record.id))
        try releasePin(state.transit(record.id))
        stopPoint()
        try journal.remove(record)
        stopPoint()
        // The last of an attach that did not come to its end takes the transaction along.
        if try !journal.isCommitted(record), try !journal.mayHaveRecords(of: record.transaction) {
            try journal.end(record.transaction)
        }
    }

    /// Ends the bind mount that keeps a network namespace alive.
    private func releasePin(_ path: FilePath) throws {
        do throws(SystemError) {
            try Mount.detach(path)
        } catch {
            // Not mounted yet, or not any more.
            guard error.code == .invalidArgument || error.code == .noSuchFileOrDirectory else { throw error }
        }
        try removeFile(path)
    }

    /// The network namespace of a record's container: the pinned one, which is there before an interface moves, or else that of
    /// the container itself. Returns nil if neither is there.
    func network(of record: Record) throws -> Namespace? {
        if let pin = try Namespace.pinned(at: state.namespace(record.id)), pin.identity == record.container.network {
            return pin
        }
        switch record.container.life(containerPaths) {
        case .running(let container): return try container.network.duplicate()
        case .ended: return nil
        case .unknown(let error): throw error
        }
    }
}

extension Namespace {
    /// The network namespace that is mounted at a path. Returns nil if there is nothing, or a file on which none is mounted yet.
    static func pinned(at path: FilePath) throws(SystemError) -> Namespace? {
        do throws(SystemError) {
            return try ifThere { () throws(SystemError) in try Namespace(.network, path: path) }
        } catch {
            guard error.code == .invalidArgument else { throw error }
            return nil
        }
    }
}
