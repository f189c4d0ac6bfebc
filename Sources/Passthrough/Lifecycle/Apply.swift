public import Containers
public import HostdevModel
internal import LinuxSystem
internal import SystemPackage

extension Backend {
    /// Makes the devices of a running container be exactly these: detaches what is too many, attaches what is missing, and
    /// leaves alone what is as it should be, however it is named. What has other settings now is detached and attached anew.
    /// A second call does nothing.
    ///
    /// When something cannot be attached, what was detached for it is attached again, as it was asked for: what the
    /// container had set itself is lost. Killed in between, it has a part of the one and none of the other; the same call
    /// goes on from there.
    ///
    /// - Throws: an error for what is in the way; `incomplete-undo` when not everything could be reverted.
    public func apply(_ hostdevs: [Hostdev], to reference: ContainerReference) throws(PassthroughError) -> Outcome {
        try apply(hostdevs, to: reference, dryRun: false).outcome
    }

    /// Works out what ``apply(_:to:)`` would do, and changes nothing.
    public func planApply(_ hostdevs: [Hostdev], to reference: ContainerReference) throws(PassthroughError) -> Plan {
        Plan(try apply(hostdevs, to: reference, dryRun: true))
    }

    /// Applies, or with `dryRun` only says the steps.
    package func apply(
        _ hostdevs: [Hostdev], to reference: ContainerReference, dryRun: Bool
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        do {
            try Self.requirePrivilege()
            let context = try AttachContext(reference, for: hostdevs, self)
            let identity = context.identity
            var locks = try lockContainer(identity, dry: dryRun)
            try revertInterrupted(&locks) { $0.container.network == identity.network }
            let present = try journal.records(mentioning: [identity.network.description]).filter {
                try $0.container.isSame(as: identity) && !isUnfinished($0)
            }
            let difference = try DeviceDifference(from: present, to: hostdevs)
            // Where nothing is detached first, the attach inspects everything itself before it changes anything.
            if dryRun || !difference.superfluous.isEmpty {
                let (unrestorable, steps) = try plan(difference, context, &locks)
                if dryRun { return (Outcome(unrestorable: unrestorable), steps) }
                locks.release(allBut: identity.lockName)
            }
            var outcome = try detachSuperfluous(difference, context, &locks)
            try attachMissing(difference, context, &locks, &outcome)
            outcome.unchanged = difference.unchanged.map { Attachment($0, isCommitted: true) }
            return (outcome, [])
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// The steps, and whatever can be said against them before the first is done. What is in the way of a device may go
    /// with what is superfluous.
    private func plan(
        _ difference: DeviceDifference, _ context: AttachContext, _ locks: inout Locks
    ) throws -> (unrestorable: [Unrestorable], steps: [Step]) {
        let container = context.identity.reference
        let removal = difference.superfluous.map { Step("take-back", $0.hostName, "from \(container)") }
        let independent = try difference.independent
        var attachment: [Step] = []
        var unrestorable: [Unrestorable] = []
        do {
            if !independent.isEmpty {
                let plan = try attach(independent, context, &locks, dryRun: true) { try $0.apply() }
                (unrestorable, attachment) = (plan.outcome.unrestorable, plan.steps)
            }
        } catch let error as PassthroughError {
            guard !removal.isEmpty, [.nameTaken, .inUse, .alreadyAttached].contains(error.code) else { throw error }
        }
        let planned = attachment.isEmpty ? [] : independent
        let later = difference.missing.filter { !planned.contains($0) }.map {
            Step("attach", $0.description, "to \(container), after what is in its way")
        }
        return (unrestorable, removal + attachment + later)
    }

    private func detachSuperfluous(
        _ difference: DeviceDifference, _ context: AttachContext, _ locks: inout Locks
    ) throws -> Outcome {
        guard !difference.superfluous.isEmpty else { return Outcome() }
        var (outcome, scan) = try revertAll(difference.superfluous, &locks)
        outcome.openHandles = try openHandles(of: scan, until: .now)
        locks.release(allBut: context.identity.lockName)
        return outcome
    }

    private func attachMissing(
        _ difference: DeviceDifference, _ context: AttachContext, _ locks: inout Locks, _ outcome: inout Outcome
    ) throws {
        guard !difference.missing.isEmpty else { return }
        do {
            let attached = try attach(difference.missing, context, &locks, dryRun: false) { try $0.apply() }.outcome
            (outcome.attached, outcome.unrestorable) = (attached.attached, attached.unrestorable)
        } catch {
            locks.release(allBut: context.identity.lockName)
            throw reattach(difference.superfluous, context, &locks, after: PassthroughError(error))
        }
    }

    /// Attaches again what was detached for devices that could not be attached. Returns the error, with what failed.
    private func reattach(
        _ records: [Record], _ context: AttachContext, _ locks: inout Locks, after failure: PassthroughError
    ) -> PassthroughError {
        guard !records.isEmpty else { return failure }
        // Also when the run was interrupted: that is no reason to leave the container without what it had.
        var undo = self
        undo.isInterrupted = { false }
        do {
            _ = try undo.attach(records.map(\.hostdev), context, &locks, dryRun: false) { try $0.apply() }
            return failure
        } catch {
            let names = records.map(\.hostName).joined(separator: ", ")
            var loss = PassthroughError(error)
            loss.message = "what was taken back for it, \(names), could not be attached again: \(loss.message)"
            var all = failure.with(failedUndo: [loss])
            all.hint = failure.hint
            return all
        }
    }
}

/// The difference between a container's devices and those of a document.
struct DeviceDifference {
    /// What the document does not have, or has with other settings: the oldest first.
    var superfluous: [Record]
    /// What is as the document says.
    let unchanged: [Record]
    /// What is to be attached, in the document's order.
    var missing: [Hostdev] = []

    init(from present: [Record], to wanted: [Hostdev]) throws {
        var rest = present
        var unchanged: [Record] = []
        var missing: [Hostdev?] = wanted
        // A device may have several names, and a name may have been another device's before: the device that the host calls so
        // now comes first, then the one that was attached by just that name, then one that has had it.
        let meanings: [(Record, Hostdev) -> Bool] = [
            { $0.change.isNamedNow($1.device) }, { $0.hostdev == $1 }, { _, _ in true },
        ]
        for isMeant in meanings {
            for (place, hostdev) in missing.enumerated() {
                guard let hostdev,
                    let index = try rest.firstIndex(where: { try $0.isWhat(hostdev) && isMeant($0, hostdev) })
                else { continue }
                unchanged.append(rest.remove(at: index))
                missing[place] = nil
            }
        }
        superfluous = rest
        self.unchanged = unchanged
        self.missing = missing.compactMap(\.self)
    }

    /// What can be attached whether or not anything superfluous is there: devices that no container has to give back first.
    var independent: [Hostdev] {
        get throws { try missing.filter { hostdev in try !superfluous.contains { try $0.isOf(hostdev.device) } } }
    }
}

extension Record {
    /// Whether it is just what a hostdev asks for, however that names the device.
    fileprivate func isWhat(_ wanted: Hostdev) throws -> Bool {
        guard try isOf(wanted.device) else { return false }
        var same = hostdev
        same.device = same.device.named(as: wanted.device)
        return same == wanted
    }
}

extension Device {
    /// The same settings, of the device by the name that another one has for it.
    fileprivate func named(as other: Device) -> Device {
        switch (self, other) {
        case (.net(var net), .net(let other)):
            net.source = other.source
            return .net(net)
        case (.scsi(var scsi), .scsi(let other)):
            scsi.source = other.source
            return .scsi(scsi)
        case (.usb(var usb), .usb(let other)):
            usb.source = other.source
            return .usb(usb)
        case (.misc(let file), .misc(let other)): return .misc(file.named(as: other))
        case (.storage(let file), .storage(let other)): return .storage(file.named(as: other))
        default: return self
        }
    }
}

extension DeviceFile {
    /// A node that stays where it is, though the document names its place by another source.
    fileprivate func named(as other: DeviceFile) -> DeviceFile {
        var copy = self
        copy.source = other.source
        copy.target = (target ?? source) == (other.target ?? other.source) ? other.target : target ?? source
        return copy
    }
}
