public import Containers
public import HostdevModel
internal import LinuxSystem

extension Backend {
    /// Makes the devices of a running container be exactly these: takes back what is too many, attaches what is missing,
    /// and leaves alone what is as it should be, however it is named. What has other settings now is taken back and attached
    /// anew. A second call does nothing.
    ///
    /// When something cannot be attached, what was taken back for it is attached again, as it was asked for: what the
    /// container had set itself is lost. Killed in between, it has a part of the one and none of the other; the same call
    /// goes on from there.
    ///
    /// - Parameter dryRun: only say what would be done.
    public func apply(
        _ hostdevs: [Hostdev], to reference: ContainerReference, dryRun: Bool = false
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        do {
            try Self.requirePrivilege()
            let container = try Containers.container(reference)
            try container.reference.requireAbility(for: hostdevs)
            let identity = container.identity
            var locks = try newLocks(dry: dryRun)
            try locks.take([identity.lockName], for: "container \(identity.reference)")
            if !dryRun { try settle(&locks) { $0.container.network == identity.network } }
            let present = try journal.records(mentioning: [identity.network.description]).filter {
                try $0.container.isSame(as: identity) && !isUnfinished($0)
            }
            let difference = try DeviceDifference(from: present, to: hostdevs)
            let hasInterface = (hostdevs + present.map(\.hostdev)).contains(where: \.isInterface)
            let work = try Workplace(container, needsSockets: hasInterface)
            // Where nothing is taken back first, the attach looks at everything itself before it changes anything.
            if dryRun || !difference.superfluous.isEmpty {
                let (losses, steps) = try foresee(difference, work, identity, &locks)
                if dryRun { return (Outcome(losses: losses), steps) }
                locks.release(allBut: identity.lockName)
            }
            var outcome = try carryOut(difference, work, identity, &locks)
            outcome.unchanged = difference.unchanged.map { Attachment($0, isCommitted: true) }
            return (outcome, [])
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// The steps, and whatever can be said against them before the first is taken. What is in the way of a device may go
    /// with what is superfluous.
    private func foresee(
        _ difference: DeviceDifference, _ work: borrowing Workplace, _ container: ContainerIdentity,
        _ locks: inout Locks
    ) throws -> (losses: [Loss], steps: [Step]) {
        let removal = difference.superfluous.map { Step("take-back", $0.hostName, "from \(container.reference)") }
        let independent = try difference.independent
        var attachment: [Step] = []
        var losses: [Loss] = []
        do {
            if !independent.isEmpty {
                let plan = try attach(independent, work, container, &locks, dryRun: true, by: carryOut)
                (losses, attachment) = (plan.outcome.losses, plan.steps)
            }
        } catch let error as PassthroughError {
            guard !removal.isEmpty, [.nameTaken, .inUse, .alreadyAttached].contains(error.code) else { throw error }
        }
        let planned = attachment.isEmpty ? [] : independent
        let later = difference.missing.filter { !planned.contains($0) }.map {
            Step("attach", $0.description, "to \(container.reference), after what is in its way")
        }
        return (losses, removal + attachment + later)
    }

    private func carryOut(
        _ difference: DeviceDifference, _ work: borrowing Workplace, _ container: ContainerIdentity,
        _ locks: inout Locks
    ) throws -> Outcome {
        var outcome = Outcome()
        if !difference.superfluous.isEmpty {
            let devices: HeldDevices
            (outcome, devices) = try detach(difference.superfluous, from: container.reference, &locks)
            outcome.holders = try holders(of: devices, until: .now)
            locks.release(allBut: container.lockName)
        }
        guard !difference.missing.isEmpty else { return outcome }
        do {
            let attached = try attach(difference.missing, work, container, &locks, dryRun: false, by: carryOut).outcome
            (outcome.attached, outcome.losses) = (attached.attached, attached.losses)
        } catch {
            var failure = PassthroughError(error)
            // Also when it was interrupted: that is no reason to leave the container without what it had.
            var undo = self
            undo.isInterrupted = { false }
            locks.release(allBut: container.lockName)
            let hostdevs = difference.superfluous.map(\.hostdev)
            do {
                if !hostdevs.isEmpty {
                    _ = try undo.attach(hostdevs, work, container, &locks, dryRun: false, by: undo.carryOut)
                }
            } catch {
                let names = difference.superfluous.map(\.hostName).joined(separator: ", ")
                failure.code = .incompleteUndo
                failure.message +=
                    "; and what was taken back for it, \(names), could not be attached again: "
                    + PassthroughError(error).message
            }
            throw failure
        }
        return outcome
    }
}
