internal import Containers
internal import Glibc
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// The changes of one attach: recorded before they are made, and committed all at once when the transaction's file goes.
package final class Transaction {
    private let context: AttachContext
    private var backend: Backend
    private let id = Journal.newID()
    private var attached: [(plan: any DevicePlan, record: Record)] = []
    /// The records whose devices are certainly as they were.
    private var untouched: Set<String> = []

    init(_ context: AttachContext, _ backend: Backend) {
        self.context = context
        self.backend = backend
        self.backend.containerPaths = context.container.paths
    }

    private var journal: Journal { backend.journal }
    private var records: [Record] { attached.map(\.record) }

    /// What the transaction has attached, once it is committed.
    var attachments: [Attachment] { records.map { Attachment($0, isCommitted: true) } }

    /// Writes down what the plans are about to change.
    func record(_ plans: [PlannedDevice]) throws {
        try journal.begin(id, lock: context.identity.lockName)
        stopPoint()
        for planned in plans {
            let record = Record(
                id: planned.id, transaction: id, since: Int64(time(nil)), container: context.identity,
                hostdev: planned.hostdev, change: planned.plan.foretold)
            attached.append((planned.plan, record))
            try journal.write(record)
            stopPoint()
            if record.change.needsNetworkNamespace { try backend.pin(context.container.network, for: record) }
            stopPoint()
        }
    }

    /// Does what the plans say, phase by phase, and tells the container's programs.
    func apply() throws {
        for phase in AttachPhase.allCases {
            for (place, (plan, record)) in attached.enumerated() {
                do {
                    try step(plan) {
                        try plan.apply(phase, id: record.id, in: context) { try rewrite($0, at: place) }
                    }
                } catch {
                    if phase == .move { noteUntouched(from: place) }
                    throw error
                }
            }
        }
        announce()
    }

    /// Takes over from another program, which was asked to do what the plans say.
    ///
    /// - Parameter mismatch: makes the error for what that program has not done.
    package func adopt(mismatch: (String) -> PassthroughError) throws {
        for (place, (plan, record)) in attached.enumerated() {
            try step(plan) {
                try plan.adopt(id: record.id, in: context, mismatch: mismatch) { try rewrite($0, at: place) }
            }
        }
        announce()
    }

    /// Makes all attachments count, if the container still runs.
    func commit() throws {
        guard try context.container.isAlive else {
            throw PassthroughError(.noSuchContainer, "container \(context.identity.reference) ended meanwhile")
        }
        try journal.end(id)
    }

    /// Reverts everything, the latest first. Returns the error, with what could not be reverted.
    func rollBack(after error: any Error) -> PassthroughError {
        let failures = records.reversed().flatMap { record in
            // The one before it may have left it a directory that both have nodes in.
            let record = (try? journal.record(record.id)) ?? record
            return backend.revert(record, isUntouched: untouched.contains(record.id))
        }
        // What stays of it is a transaction without records, which says nothing any more.
        if failures.isEmpty { try? journal.end(id) }
        return PassthroughError(error).with(failedUndo: failures)
    }

    private func rewrite(_ change: any DeviceChange, at place: Int) throws {
        attached[place].record.change = change
        try journal.write(attached[place].record)
        stopPoint()
    }

    /// A step about one device: it does not begin when the run is interrupted, and its errors name the device.
    private func step(_ plan: any DevicePlan, _ body: () throws -> Void) throws {
        try backend.endIfInterrupted()
        do {
            try body()
        } catch {
            throw PassthroughError(error).about(device: plan.name)
        }
    }

    /// Notes which devices are as they were, after the first move that failed. The kernel may have moved that one before it
    /// went wrong.
    private func noteUntouched(from place: Int) {
        for (plan, record) in attached[place...] where plan.isUntouched(in: context) { untouched.insert(record.id) }
    }

    private func announce() {
        context.container.announce(records.flatMap { $0.change.uevents(.add) })
    }
}

extension Backend {
    /// Keeps the container's network namespace alive, unless that is done.
    func pinIfNeeded(_ network: borrowing Namespace, for record: Record) throws {
        if try Namespace.pinned(at: state.namespace(record.id)) == nil { try pin(network, for: record) }
    }

    /// Keeps the container's network namespace, and with it the interface, alive whatever ends: a bind mount of it.
    func pin(_ network: borrowing Namespace, for record: Record) throws {
        let path = state.namespace(record.id)
        _ = try Descriptor.open(path, .writeOnly, options: [.create], permissions: [.ownerRead])
        try Mount.bind(network.descriptor.file, on: path)
        // A bind mount is a peer of its original, and what is mounted over that would be mounted over this one too.
        try Mount.makePrivate(path)
    }
}

extension Container {
    /// Sends uevents to the container's programs. One that does not listen misses nothing else, so a failure is not one of
    /// attach or detach.
    func announce(_ uevents: [Uevent]) {
        // Where it cannot be found out whose network that is, the host is told nothing that is not so.
        guard !uevents.isEmpty, let files, (try? sharesHostNetwork) == false else { return }
        try? Uevent.send(
            uevents, in: network, user: files.userIDs.outside(0) ?? 0, group: files.groupIDs.outside(0) ?? 0)
    }

    /// Whether what is sent there reaches the host, which has its devices as before.
    private var sharesHostNetwork: Bool {
        get throws { try network.identity == Namespace.current(.network).identity || network.isInits }
    }
}
