internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

// Devices that leave the host while a container has them, and return. A number says nothing of a device: the next one gets it,
// and with the rule and the node that lead to it the container would have that.
extension Backend {
    /// Makes the container of a record have the device exactly as long as the host has it. The caller holds the lock of the
    /// container, which runs.
    func reconcile(_ record: Record, _ locks: inout Locks, _ outcome: inout Outcome) throws {
        let work = Reconciliation(record, self)
        do {
            try record.change.reconcile(work, &locks)
        } catch {
            let error = PassthroughError(error)
            guard error.code != .busy else {
                outcome.add(work.outcome)
                throw error
            }
            work.outcome.failures.append(PassthroughError(restoring: record.hostName, error))
        }
        outcome.add(work.outcome)
    }

    /// Whether udev(7) is processing an event: a device that has just come may yet get its owner and its mode, which the
    /// container's node gets too.
    var isUdevProcessing: Bool { get throws { try exists("/run/udev/queue") } }
}

/// The reconciliation of one record: what its kind changes in it is on disk at once.
final class Reconciliation {
    let backend: Backend
    private(set) var record: Record
    /// What was done.
    fileprivate(set) var outcome = Outcome()
    /// Writes the record. Of a part of a device it is written into the record of the whole.
    private let store: (Record) throws -> Void
    /// Gives a directory to another part of the device. Returns false if none has anything in it.
    private let takeOver: (MadeEntry) throws -> Bool

    init(_ record: Record, _ backend: Backend) {
        self.record = record
        self.backend = backend
        store = { try backend.journal.write($0) }
        takeOver = { _ in false }
    }

    /// The reconciliation of a part of a device.
    init(
        _ record: Record, _ backend: Backend, store: @escaping (Record) throws -> Void,
        takeOver: @escaping (MadeEntry) throws -> Bool
    ) {
        self.record = record
        self.backend = backend
        self.store = store
        self.takeOver = takeOver
    }

    /// Leaves a directory to another device of the container that has something in it.
    func transferOwnership(of directory: MadeEntry) throws {
        if try !takeOver(directory) { try backend.transferOwnership(of: directory, from: record) }
    }

    /// What happened to the device.
    enum Event {
        /// It is where it was.
        case unchanged
        /// It has left the host, and the container has nothing of it.
        case left
        /// It has returned, or what had been lost of it has, and the container has it.
        case attached
    }

    /// Writes a change into the record.
    func write(_ change: any DeviceChange) throws {
        record.change = change
        try store(record)
        stopPoint()
    }

    /// Reports what happened, after the record says it.
    func report(_ event: Event) {
        let attachment = Attachment(record, isCommitted: true)
        switch event {
        case .unchanged: outcome.unchanged.append(attachment)
        case .left: outcome.detached.append(attachment)
        case .attached: outcome.attached.append(attachment)
        }
    }

    /// Reports what could not be restored.
    func report(failures: [PassthroughError]) { outcome.failures += failures }
}
