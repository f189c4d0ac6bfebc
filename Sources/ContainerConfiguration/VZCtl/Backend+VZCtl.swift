public import Containers
internal import DeviceAccess
public import HostdevModel
internal import LinuxSystem
internal import Netlink
public import Passthrough
internal import SystemPackage

/// What vzctl is asked to change.
public struct VZCtlScope: Hashable, Sendable {
    /// The running container.
    public let isLive: Bool
    /// The conf, for the next start: `--save`.
    public let isSaved: Bool

    /// What is meant: at least one of both.
    public init(isLive: Bool, isSaved: Bool) {
        self.isLive = isLive
        self.isSaved = isSaved
    }
}

// Driving vzctl: it changes, and the kernel and the conf are asked whether it has. What it says decides nothing.
extension Backend {
    /// Attaches devices to an OpenVZ container by `vzctl set`, all or none.
    ///
    /// Records are written before, as for every attach, so that what vzctl did in a run that is killed is taken back too.
    /// When vzctl fails, or says that it has worked and has not, all is put back: devices by the records, and the conf by
    /// taking our own words out of it, whatever others have changed in it meanwhile.
    ///
    /// - Throws: `not-supported` without vzctl, and for a conf of which it would lose a part; `usage` for saving alone while
    ///   the container runs: vzctl gives it to a running container too. `busy` when its lock is held.
    public func attachThroughVZCtl(
        _ hostdevs: [Hostdev], to reference: ContainerReference, scope: VZCtlScope, dryRun: Bool = false
    ) throws(PassthroughError) -> ConfigurationOutcome {
        do {
            let run = try VZCtlRun(reference, scope: scope, backend: self)
            let reference = run.container.reference
            guard !dryRun else {
                let step = run.step(try run.entries(for: hostdevs).flatMap { VZCtl.adding($0.entry) })
                let live = scope.isLive ? try attach(hostdevs, to: reference, dryRun: true) : nil
                return (Outcome(), [step] + (live?.steps ?? []), [])
            }
            // What cannot be said is refused before anything is looked at that may be waited for.
            _ = try run.entries(for: hostdevs)
            let outcome = try run.takingBack {
                guard scope.isLive else {
                    let entries = try run.add(hostdevs)
                    try run.verifyConf(has: entries.map(\.entry))
                    return Outcome(attached: try entries.map { try Attachment($0.entry, $0.hostdev, of: reference) })
                }
                return try attach(hostdevs, to: reference, dryRun: false) { transaction in
                    let entries = try run.add(hostdevs)
                    try transaction.adopt(mismatch: run.falseSuccess)
                    try run.verifyConf(has: entries.map(\.entry))
                }.outcome
            }
            let warnings = scope.isSaved ? try run.container.text().warnings(outcome.attached, of: run.container) : []
            return (outcome, [], warnings)
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// Takes devices of an OpenVZ container back by `vzctl set`, also those that it got at its start. Where vzctl says that it
    /// has worked and has not, the rest is done without it, and said.
    public func detachThroughVZCtl(
        _ selectors: [DeviceSelector], from reference: ContainerReference, scope: VZCtlScope, ifAttached: Bool = false,
        dryRun: Bool = false
    ) throws(PassthroughError) -> ConfigurationOutcome {
        do {
            let run = try VZCtlRun(reference, scope: scope, backend: self)
            let reference = run.container.reference
            var saved: [ConfiguredEntry] = []
            func options() throws -> [String] {
                saved =
                    scope.isSaved
                    ? try ConfigurationChange.entries(selectors, of: run.container.text(), in: run.container) {
                        ifAttached || ($0 == .all && scope.isLive)
                    } : []
                // What it has live may be in no conf.
                let live = scope.isLive ? try words(selectors, ofAttached: reference) : []
                let others = live.filter { one in !saved.contains { ($0.place, $0.key) == (one.place, one.key) } }
                return (saved + others).flatMap(VZCtl.removing)
            }
            let isAny = try !options().isEmpty
            let mayBeMissing = ifAttached || (scope.isSaved && !saved.isEmpty)
            if dryRun {
                let lived =
                    scope.isLive
                    ? try detach(selectors, from: reference, ifAttached: mayBeMissing, dryRun: true) : nil
                return (Outcome(), [run.step(try options())] + (lived?.steps ?? []), [])
            }
            var warnings: [String] = []
            if isAny {
                let said = try run.change(options)
                if try run.remove(saved) {
                    warnings.append("\(said), but \(run.container.path) had it still: it was taken out")
                }
            }
            var outcome = Outcome()
            if scope.isLive {
                // The interface comes home, or gets back what it had: where vzctl has brought it home, that is not all.
                outcome = try detach(
                    selectors, from: reference, ifAttached: mayBeMissing,
                    configured: interfaces(selectors, among: saved, of: reference)
                ).outcome
                try verifyGone(saved, from: reference, after: run)
            }
            let known = outcome.detached.map(\.hostdev.device.source)
            outcome.detached += try saved.compactMap { try Attachment($0, of: reference) }.filter {
                !known.contains($0.hostdev.device.source)
            }
            return (outcome, [], warnings)
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// The words for what a running container has of what is meant, by its records.
    private func words(
        _ selectors: [DeviceSelector], ofAttached reference: ContainerReference
    ) throws -> [ConfiguredEntry] {
        try hostdevs(selectors, attachedTo: reference).flatMap {
            do {
                return try $0.openVZEntries().map(ConfiguredEntry.init)
            } catch {
                // What vzctl has no word for, it did not do.
                guard [.invalidDocument, .noSuchDevice].contains(PassthroughError(error).code) else { throw error }
                return []
            }
        }
    }

    /// The container can use no more what vzctl has taken from it, and no record told of.
    private func verifyGone(
        _ entries: [ConfiguredEntry], from reference: ContainerReference, after run: VZCtlRun
    ) throws {
        let container = try Containers.container(reference)
        guard let files = container.files else { return }
        for entry in entries {
            guard let hostdev = entry.hostdev, let request = NodeOptions(hostdev.device), let node = entry.node,
                let number = try hostNode(node)?.device
            else { continue }
            guard try files.groups.permits(DeviceRule(number, request.access)) != true else {
                throw run.falseSuccess("the container may still use \(number), \(node)")
            }
        }
    }
}
