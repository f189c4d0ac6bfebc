public import Containers
public import HostdevModel
internal import LinuxSystem
internal import Netlink
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
    /// When vzctl fails, or says that it has worked and has not, all is put back: devices by the records, the conf to what it
    /// was, byte for byte.
    ///
    /// - Throws: `not-supported` without vzctl, for what a conf cannot say, and for saving alone while the container runs:
    ///   vzctl gives it to a running container too. `busy` when its lock is held.
    public func attachThroughVZCtl(
        _ hostdevs: [Hostdev], to reference: ContainerReference, scope: VZCtlScope, dryRun: Bool = false
    ) throws(PassthroughError) -> ConfigurationOutcome {
        do {
            let run = try VZCtlRun(reference, scope: scope, backend: self)
            let before = try run.container.text()
            var entries: [(hostdev: Hostdev, entry: ConfiguredEntry)] = []
            for hostdev in hostdevs { entries += try run.entries(for: hostdev, in: before).map { (hostdev, $0) } }
            let options = entries.flatMap { VZCtl.adding($0.entry) }
            let steps = [run.step(options)]
            var planned: [Step] = []
            let outcome = try run.restoringConf(to: before, unless: dryRun) {
                guard scope.isLive else {
                    if dryRun { return Outcome() }
                    try run.change(options)
                    try run.verifyConf(has: entries.map(\.entry), after: before)
                    return Outcome(
                        attached: entries.map { Attachment($0.entry, $0.hostdev, of: run.container.reference) })
                }
                let live = try attach(hostdevs, to: run.container.reference, dryRun: dryRun) { plans, records, work in
                    try run.change(options)
                    try carryOut(plans, &records, work, after: run)
                    if scope.isSaved { try run.verifyConf(has: entries.map(\.entry), after: before) }
                }
                planned = live.steps
                return live.outcome
            }
            return (outcome, steps + planned, scope.isSaved ? before.warnings(outcome.attached, of: run.container) : [])
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// Takes devices of an OpenVZ container back by `vzctl set`. Where vzctl says that it has worked and has not, the rest
    /// is done without it, and said.
    public func detachThroughVZCtl(
        _ selectors: [DeviceSelector], from reference: ContainerReference, scope: VZCtlScope, ifAttached: Bool = false,
        dryRun: Bool = false
    ) throws(PassthroughError) -> ConfigurationOutcome {
        do {
            let run = try VZCtlRun(reference, scope: scope, backend: self)
            let reference = run.container.reference
            let before = try run.container.text()
            var expected = before
            let change = ConfigurationChange.detach(selectors, ifAttached: ifAttached, isLiveToo: scope.isLive)
            let saved = scope.isSaved ? try change.apply(to: &expected, of: run.container).detached : []
            let meant =
                scope.isSaved
                ? try selectors.flatMap {
                    try $0.entries(among: before.entries, of: reference, in: run.container.path)
                } : []
            var entries = before.entries.filter(meant.contains)
            // What it has live may be in no conf.
            if scope.isLive {
                let attached = try select(selectors, from: MeantContainer(reference), ifAttached: true)
                for entry in attached.flatMap({ (try? $0.hostdev.openVZEntries()) ?? [] }).map(ConfiguredEntry.init)
                where !entries.contains(where: { ($0.place, $0.key) == (entry.place, entry.key) }) {
                    entries.append(entry)
                }
            }
            let options = entries.flatMap(VZCtl.removing)
            let step = run.step(options)
            if dryRun {
                let lived =
                    scope.isLive ? try detach(selectors, from: reference, ifAttached: ifAttached, dryRun: true) : nil
                return (Outcome(), [step] + (lived?.steps ?? []), [])
            }
            var warnings: [String] = []
            if !options.isEmpty {
                let said = try run.change(options)
                if scope.isSaved, try run.container.text().entries != expected.entries {
                    warnings.append("\(said), but \(run.container.path) is not what it was to be: it was written anew")
                    try run.write(expected)
                }
            }
            guard scope.isLive else {
                var outcome = Outcome()
                outcome.detached = saved
                return (outcome, [], warnings)
            }
            // The interface comes home, or gets back what it had: where vzctl has brought it home, that is not all of it.
            let lived = try detach(selectors, from: reference, ifAttached: ifAttached)
            return (lived.outcome, [], warnings)
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// What is left to do after vzctl, once the kernel says that it has done its part.
    private func carryOut(
        _ plans: [DevicePlan], _ records: inout [AttachmentRecord], _ work: borrowing Workplace, after run: VZCtlRun
    ) throws {
        for (number, plan) in plans.enumerated() {
            try step(plan) {
                switch plan.kind {
                case .interface(var interface):
                    let link = try work.interfaces.inside.link(named: interface.containerName)
                    guard let link, interface.snapshot.isSameDevice(as: link) else {
                        throw run.falseSuccess("\(plan.name) is not in the container")
                    }
                    // Which number it gets, only vzctl's kernel call knew.
                    interface.containerIndex = link.index
                    if case .interface(var record) = records[number].change {
                        record.containerIndex = link.index
                        records[number].change = .interface(record)
                    }
                    try journal.write(records[number])
                    stopPoint()
                    try work.interfaces.setUp(interface, observe: observe)
                    try show(interface.shownFolders, to: work.container.reference)
                case .radio:
                    throw PassthroughError(.notSupported, "vzctl moves no radio: \(plan.name)", device: plan.name)
                case .nodes(let nodes):
                    let rest = try nodes.verified(after: run, in: work.container, plan.hostdev)
                    try rest.carryOut(
                        in: work.container, rules: rules(for: work.container.reference), id: plan.id, observe: observe
                    ) { made in
                        records[number].change = .nodes(made)
                        try journal.write(records[number])
                    }
                }
            }
        }
        NodesRecord.announce(.add, records.compactMap(\.nodes), in: work.container)
    }
}
