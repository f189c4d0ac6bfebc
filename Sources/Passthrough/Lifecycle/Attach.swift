internal import ByteStrings
public import Containers
public import HostdevModel
internal import LinuxSystem

// The way of a hostdev into a container. Each stage is a function, in the order in which they happen.
extension Backend {
    /// Attaches devices to a running container, all or none.
    ///
    /// - Throws: an error for what is in the way, before anything is changed; `incomplete-undo` when something failed later, and
    ///   not everything could be reverted.
    public func attach(_ hostdevs: [Hostdev], to reference: ContainerReference) throws(PassthroughError) -> Outcome {
        try attach(hostdevs, to: reference, dryRun: false).outcome
    }

    /// The same for a container that is pinned, such as one that a hook of its engine was told of.
    public func attach(
        _ hostdevs: [Hostdev], to container: consuming Container
    ) throws(PassthroughError) -> Outcome {
        let reference = container.reference.description
        do {
            try Self.requirePrivilege()
            return try attach(hostdevs, AttachContext(container, for: hostdevs, self), dryRun: false) {
                try $0.apply()
            }.outcome
        } catch {
            throw PassthroughError(error).about(container: reference)
        }
    }

    /// Works out what ``attach(_:to:)-(_,ContainerReference)`` would do, and changes nothing.
    ///
    /// - Throws: what `attach` would throw before it changes anything.
    public func planAttach(_ hostdevs: [Hostdev], to reference: ContainerReference) throws(PassthroughError) -> Plan {
        Plan(try attach(hostdevs, to: reference, dryRun: true))
    }

    /// Attaches devices, or with `dryRun` only says the steps.
    package func attach(
        _ hostdevs: [Hostdev], to reference: ContainerReference, dryRun: Bool
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        try attach(hostdevs, to: reference, dryRun: dryRun) { try $0.apply() }
    }

    /// The same with `apply` doing what the plans say. When it fails, what it did is reverted by the records.
    package func attach(
        _ hostdevs: [Hostdev], to reference: ContainerReference, dryRun: Bool,
        apply: (Transaction) throws -> Void
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        do {
            try Self.requirePrivilege()
            return try attach(
                hostdevs, AttachContext(reference, for: hostdevs, self), dryRun: dryRun, apply: apply)
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    private func attach(
        _ hostdevs: [Hostdev], _ context: AttachContext, dryRun: Bool, apply: (Transaction) throws -> Void
    ) throws -> (outcome: Outcome, steps: [Step]) {
        var locks = try lockContainer(context.identity, dry: dryRun)
        try revertInterrupted(&locks) { $0.container.network == context.identity.network }
        return try attach(hostdevs, context, &locks, dryRun: dryRun, apply: apply)
    }

    /// The stages under the lock of the container, in which nothing is left of a killed run.
    func attach(
        _ hostdevs: [Hostdev], _ context: AttachContext, _ locks: inout Locks, dryRun: Bool,
        apply: (Transaction) throws -> Void
    ) throws -> (outcome: Outcome, steps: [Step]) {
        let devices = try resolveDevices(hostdevs, context, &locks)
        try readRecords(about: devices, context)
        if !dryRun, try withdrawSuperseded(by: devices, context, &locks) {
            try readRecords(about: devices, context)
        }
        let plans = try planDevices(devices, context)
        let unrestorable = plans.flatMap(\.plan.unrestorable)
        guard !dryRun else {
            let steps = plans.flatMap { $0.plan.steps + $0.plan.unrestorable.map(\.step) }
            return (Outcome(unrestorable: unrestorable), steps)
        }
        unrestorable.forEach(warn)
        let transaction = Transaction(context, self)
        do {
            try transaction.record(plans)
            whenRecorded()
            try apply(transaction)
            try transaction.commit()
        } catch {
            throw transaction.rollBack(after: error)
        }
        stopPoint()
        return (Outcome(attached: transaction.attachments, unrestorable: unrestorable), [])
    }

    /// Takes the lock under which everything about a container is read and changed.
    func lockContainer(_ container: ContainerIdentity, dry isDry: Bool = false) throws -> Locks {
        var locks = try newLocks(dry: isDry)
        try locks.take([container.lockName], for: "container \(container.reference)")
        return locks
    }

    /// Finds the devices and takes their locks. Another run may have had one until its lock was ours: what was found before
    /// that does not count, so the devices are looked for again. So they are when a killed run had left one on the host before
    /// it was as it had been, and that is reverted.
    private func resolveDevices(
        _ hostdevs: [Hostdev], _ context: AttachContext, _ locks: inout Locks
    ) throws -> [ResolvedDevice] {
        var locked: Set<ByteString> = []
        while true {
            var devices: [ResolvedDevice] = []
            for hostdev in hostdevs {
                devices += try resolve(hostdev, context, &locks).map { ResolvedDevice(hostdev: hostdev, device: $0) }
            }
            try refuseDuplicates(devices)
            let names = Set(devices.flatMap(\.device.lockNames).map { ByteString($0) })
            if names == locked {
                // Who works on such a record waits for the lock that this run has, and would revert it afterwards.
                let isReverted = try revertInterrupted(&locks, skippingBusy: false) {
                    $0.change.lockNames.contains { names.contains(ByteString($0)) }
                }
                if !isReverted { return devices }
                continue
            }
            try locks.take(names.map(\.text), for: hostdevs.map(\.description).joined(separator: ", "))
            locked = names
        }
    }

    /// Finds the devices of a hostdev. What the host does not have may be in a container: that is the answer, unless a killed
    /// run left it there and it can be reverted.
    private func resolve(
        _ hostdev: Hostdev, _ context: AttachContext, _ locks: inout Locks
    ) throws -> [any FoundDevice] {
        if case .found(let devices) = try DeviceKinds.resolve(hostdev, context) { return devices }
        try revertInterrupted(&locks) { $0.isNamed(as: hostdev.device) }
        switch try DeviceKinds.resolve(hostdev, context) {
        case .found(let devices): return devices
        case .absent(let reason):
            if let holder = try journal.records().first(where: { $0.isNamed(as: hostdev.device) }) {
                throw holder.taken(by: context.identity)
            }
            let unreadable = try journal.entries().unreadable.first
            throw PassthroughError(
                .noSuchDevice, reason, device: hostdev.device.sourceText,
                hint: unreadable.map { Hint(.mayBeInContainer, $0.description) })
        }
    }

    /// Refuses two hostdevs that name one device in two ways, which only the host can tell.
    private func refuseDuplicates(_ devices: [ResolvedDevice]) throws {
        var known: [String: [ResolvedDevice]] = [:]
        for one in devices {
            for key in one.device.conflictKeys {
                for other in known[key, default: []]
                where one.device.conflicts(with: other.device) || other.device.conflicts(with: one.device) {
                    throw PassthroughError(
                        .invalidDocument,
                        "\(other.hostdev) and \(one.hostdev) are one device: \(one.device.whole), which a container gets once",
                        device: one.device.name)
                }
                known[key, default: []].append(one)
            }
        }
    }

    /// Reads the records that the plans have to know: those of the container, and those about the devices. Refuses devices
    /// that a record mentions which cannot be read: its container may have them.
    private func readRecords(about devices: [ResolvedDevice], _ context: AttachContext) throws {
        let entries = try journal.entries(
            mentioning: [context.identity.network.description] + devices.flatMap(\.device.searchKeys))
        entries.unreadable.forEach(setAside)
        context.records = entries.records
        guard !force, !entries.unreadable.isEmpty else { return }
        for device in devices.map(\.device) {
            guard let record = entries.unreadable.first(where: { $0.mentions(device.searchKeys) }) else { continue }
            throw PassthroughError(
                .inUse, "\(device.name) may be in a container: \(record)", device: device.name,
                hint: Hint(.repairRecordOrForce))
        }
    }

    /// Removes from containers what they have of devices that have left the host, and whose numbers the devices to be attached
    /// have got: rules and nodes of the former would lead to the latter. Returns whether there was anything.
    private func withdrawSuperseded(
        by devices: [ResolvedDevice], _ context: AttachContext, _ locks: inout Locks
    ) throws -> Bool {
        var isAnything = false
        for record in context.records where devices.contains(where: { $0.device.supersedes(record.change) }) {
            guard try record.change.needsReconcile(record), try !isUnfinished(record),
                try !record.container.hasEnded()
            else { continue }
            try locks.takeAtOnce([record.container.lockName])
            guard let record = try journal.record(record.id), try !isUnfinished(record) else { continue }
            _ = try record.change.withdraw(Reconciliation(record, self))
            isAnything = true
        }
        return isAnything
    }

    /// Works out all plans before anything is changed.
    private func planDevices(_ devices: [ResolvedDevice], _ context: AttachContext) throws -> [PlannedDevice] {
        context.reservedNames = []
        var aliases = context.present.compactMap(\.hostdev.alias)
        return try devices.map { resolved in
            if let alias = resolved.hostdev.alias {
                guard !aliases.contains(alias) else {
                    throw PassthroughError(.nameTaken, "the container has a device with the alias \(alias) already")
                }
                aliases.append(alias)
            }
            let id = Journal.newID()
            return PlannedDevice(
                id: id, hostdev: resolved.hostdev, plan: try resolved.device.plan(resolved.hostdev, id: id, context))
        }
    }
}

/// A device of the host, and the hostdev that means it.
private struct ResolvedDevice {
    let hostdev: Hostdev
    let device: any FoundDevice
}

/// A plan, and the attachment that it is to become.
struct PlannedDevice {
    let id: String
    let hostdev: Hostdev
    let plan: any DevicePlan
}

extension Record {
    /// Whether its device has, or was asked for by, the name that a document gives.
    fileprivate func isNamed(as device: Device) -> Bool {
        hostdev.device.source == device.source || hostNames.contains(ByteString(device.sourceText))
    }
}
