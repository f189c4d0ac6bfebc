public import Containers
internal import DeviceAccess
internal import Glibc
public import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices
internal import SystemPackage

extension Backend {
    /// Attaches devices to a running container, all or none.
    ///
    /// With `dryRun` everything is looked at, nothing is changed, and the steps come back.
    public func attach(
        _ hostdevs: [Hostdev], to reference: ContainerReference, dryRun: Bool = false
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        try attach(hostdevs, to: reference, dryRun: dryRun, by: carryOut)
    }

    /// The changes that plans say and their records, which are on disk, foretell.
    typealias PlannedChanges = (
        _ plans: [DevicePlan], _ records: inout [Record], _ work: borrowing Workplace
    ) throws -> Void

    /// The same by other means: `changes` does what the plans say. When it fails, what it did is taken back by the records.
    func attach(
        _ hostdevs: [Hostdev], to reference: ContainerReference, dryRun: Bool, by changes: PlannedChanges
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        do {
            try Self.requirePrivilege()
            let container = try Containers.container(reference)
            try container.reference.requireAbility(for: hostdevs)
            let identity = container.identity
            var locks = try newLocks(dry: dryRun)
            try locks.take([identity.lockName], for: "container \(identity.reference)")
            if !dryRun { try settle(&locks) { $0.container.network == identity.network } }
            let work = try Workplace(container, needsSockets: hostdevs.contains(where: \.isInterface))
            return try attach(hostdevs, work, identity, &locks, dryRun: dryRun, by: changes)
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// The same with the container's lock taken, and what a killed run left of it settled.
    func attach(
        _ hostdevs: [Hostdev], _ work: borrowing Workplace, _ identity: ContainerIdentity, _ locks: inout Locks,
        dryRun: Bool, by changes: PlannedChanges
    ) throws -> (outcome: Outcome, steps: [Step]) {
        let found = try find(hostdevs, work, identity, &locks)
        var records = try records(about: found, in: identity)
        if !dryRun, try withdrawReplaced(by: found.compactMap(\.nodes), among: records, &locks) {
            records = try self.records(about: found, in: identity)
        }
        let plans = try plan(hostdevs, found, among: records, work, identity)
        let losses = plans.flatMap(\.losses)
        guard !dryRun else {
            return (Outcome(losses: losses), plans.flatMap { $0.steps + $0.losses.map(\.step) })
        }
        losses.forEach(warn)
        return (try carryOut(plans, work, identity, by: changes), [])
    }

    /// Changes what the plans say, under one transaction: all of it counts from the moment that ends.
    private func carryOut(
        _ plans: [DevicePlan], _ work: borrowing Workplace, _ container: ContainerIdentity,
        by changes: PlannedChanges
    ) throws -> Outcome {
        let transaction = Journal.newID()
        var records: [Record] = []
        do {
            try journal.begin(transaction, lock: container.lockName)
            stopPoint()
            for plan in plans {
                let record = Record(
                    id: plan.id, transaction: transaction, since: Int64(time(nil)), container: container,
                    hostdev: plan.hostdev, change: plan.change(home: work.sockets?.home))
                records.append(record)
                try journal.write(record)
                stopPoint()
                if plan.hostdev.isInterface { try pin(work.container.network, for: record) }
                stopPoint()
            }
            whenRecorded()
            try changes(plans, &records, work)
            guard try work.container.isAlive else {
                throw PassthroughError(.noSuchContainer, "container \(container.reference) ended meanwhile")
            }
            try journal.end(transaction)
        } catch {
            var failures: [String] = []
            let stayed = work.sockets?.stayed ?? []
            for record in records.reversed() { failures += takeBack(record, stayed: stayed) }
            // What stays of it is a transaction without records, which says nothing any more.
            if failures.isEmpty { try? journal.end(transaction) }
            throw PassthroughError(error).with(failedUndo: failures)
        }
        stopPoint()
        return Outcome(
            attached: records.map { Attachment($0, isCommitted: true) }, losses: plans.flatMap(\.losses))
    }

    /// The changes themselves, which the records foretell: all interfaces are moved before the first is set up.
    func carryOut(
        _ plans: [DevicePlan], _ records: inout [Record], _ work: borrowing Workplace
    ) throws {
        let moves = plans.compactMap { plan in
            if case .interface(let interface) = plan.kind { (plan: plan, interface: interface) } else { nil }
        }
        for (number, move) in moves.enumerated() {
            do {
                try step(move.plan) { try work.interfaces.move(move.interface, observe: observe) }
            } catch {
                work.interfaces.noteStayed(moves[number...].map(\.interface))
                throw error
            }
        }
        for (number, plan) in plans.enumerated() {
            try step(plan) {
                switch plan.kind {
                case .interface(let interface):
                    try work.interfaces.setUp(interface, observe: observe)
                    try show(interface.shownFolders, to: work.container.reference)
                case .radio(let radio):
                    let moved = try work.interfaces.carryOut(radio, observe: observe)
                    records[number].change = .interface(moved.record(home: work.interfaces.home))
                    try journal.write(records[number])
                    stopPoint()
                case .nodes(let nodes):
                    try nodes.carryOut(
                        in: work.container, rules: rules(for: work.container.reference), id: plan.id, observe: observe
                    ) { made in
                        records[number].change = .nodes(made)
                        try journal.write(records[number])
                    }
                }
            }
        }
        NodesChange.announce(.add, records.compactMap(\.nodes), in: work.container)
    }

    /// A step about one device: it does not begin when the run is interrupted, and its errors name the device.
    func step(_ plan: DevicePlan, _ body: () throws -> Void) throws {
        try endIfInterrupted()
        do {
            try body()
        } catch {
            throw PassthroughError(error).about(device: plan.name)
        }
    }

    /// Keeps the container's network namespace, and with it the interface, alive whatever dies: a bind mount of it.
    func pin(_ network: borrowing Namespace, for record: Record) throws {
        let path = state.namespace(record.id)
        _ = try Descriptor.open(path, .writeOnly, options: [.create], permissions: [.ownerRead])
        try Mount.bind(network.descriptor.file, on: path)
        // A bind mount is a peer of its original, and what is mounted over that would be mounted over this one too.
        try Mount.makePrivate(path)
    }
}
