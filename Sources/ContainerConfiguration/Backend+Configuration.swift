public import Containers
public import HostdevModel
internal import LinuxSystem
public import Passthrough
internal import SystemPackage

/// What a run did in a configuration, and to the running container where that was asked for too.
public typealias ConfigurationOutcome = (outcome: Outcome, steps: [Step], warnings: [String])

/// A change of the running container that goes with a change of its configuration.
public typealias LiveChange = (ContainerReference) throws(PassthroughError) -> (outcome: Outcome, steps: [Step])

extension Backend {
    /// Writes devices into a container's configuration, from which it gets them at its next start; with `live` also gives
    /// them to the running one: both or neither.
    ///
    /// Containers of OpenVZ and LXC have a configuration that is edited.
    ///
    /// - Parameters:
    ///   - hostdevs: the devices.
    ///   - reference: the container. It does not have to run.
    ///   - dryRun: whether only to return the steps.
    ///   - live: attaches the same devices to the running container, whose full reference it gets; nil changes the
    ///     configuration only.
    /// - Throws: `invalid-document` for what a configuration cannot say, `already-attached` for what it says, `busy`; and what
    ///   an attach to a running container is refused with.
    public func attachConfigured(
        _ hostdevs: [Hostdev], to reference: ContainerReference, dryRun: Bool = false, live: LiveChange? = nil
    ) throws(PassthroughError) -> ConfigurationOutcome {
        try changeConfiguration(of: reference, .attach(hostdevs), dryRun: dryRun, live: live) {
            done throws(PassthroughError) in
            _ = try detach(done.attached.map { .id($0.id) }, from: reference)
        }
    }

    /// Takes devices out of a container's configuration; with `live` also from the running one: both or neither.
    public func detachConfigured(
        _ selectors: [DeviceSelector], from reference: ContainerReference, ifAttached: Bool = false,
        dryRun: Bool = false, live: LiveChange? = nil
    ) throws(PassthroughError) -> ConfigurationOutcome {
        try changeConfiguration(
            of: reference, .detach(selectors, ifAttached: ifAttached, isLiveToo: live != nil), dryRun: dryRun,
            live: live
        ) { done throws(PassthroughError) in
            _ = try attach(done.detached.map(\.hostdev), to: reference)
        }
    }

    /// Takes devices of a container back, as ``detach(_:from:ifAttached:waiting:)`` does; with `alsoConfigured` also
    /// interfaces that the container's engine has moved into it by its configuration. No record tells what they were: they
    /// return down, under their names.
    public func detach(
        _ selectors: [DeviceSelector], from reference: ContainerReference, ifAttached: Bool,
        waiting limit: Duration, dryRun: Bool, alsoConfigured: Bool
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        do {
            let entries = alsoConfigured ? try ConfiguredContainers.container(reference).entries() : []
            return try detach(
                selectors, from: reference, ifAttached: ifAttached, waiting: limit, dryRun: dryRun,
                configured: interfaces(selectors, among: entries, of: reference))
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// The interfaces that selectors mean of what a configuration has, or had when the container started.
    func interfaces(
        _ selectors: [DeviceSelector], among entries: [ConfiguredEntry], of reference: ContainerReference
    ) throws -> [ConfiguredInterface] {
        try selectors.flatMap {
            try $0.entries(among: entries, of: reference, in: "the configuration of \(reference)")
        }.filter { $0.hostdev?.isInterface == true }.map(ConfiguredInterface.init)
    }

    /// What configurations give a container at its next start, or all containers, and what of it has no form in a document
    /// or cannot be read.
    public func configured(
        of reference: ContainerReference?
    ) throws(PassthroughError) -> (attachments: [Attachment], warnings: [String]) {
        do {
            if let reference { return try configured(of: ConfiguredContainers.container(reference)) }
            var all: (attachments: [Attachment], warnings: [String]) = ([], [])
            for container in try ConfiguredContainers.all() {
                do {
                    let (attachments, warnings) = try configured(of: container)
                    all.attachments += attachments
                    all.warnings += warnings
                } catch {
                    // One that cannot be read hides no other.
                    all.warnings.append("\(container.reference): \(PassthroughError(error))")
                }
            }
            return all
        } catch {
            throw PassthroughError(error).about(container: reference?.description)
        }
    }

    private func configured(
        of container: any DeviceConfigured
    ) throws -> (attachments: [Attachment], warnings: [String]) {
        var attachments: [Attachment] = []
        var warnings: [String] = []
        var sources: Set<DeviceSource> = []
        for entry in try container.text().entries {
            guard let attachment = try Attachment(entry, of: container.reference) else {
                warnings.append("\(container.path): \(entry.text) in \(entry.place) has no form in a document")
                continue
            }
            if let node = entry.node, entry.target != nil, try hostNode(node) == nil {
                warnings.append("\(container.path): \(entry.text) in \(entry.place): the host has no \(node) now")
            }
            // A node in DEVNODES may have its number in DEVICES as well.
            if sources.insert(attachment.hostdev.device.source).inserted { attachments.append(attachment) }
        }
        return (attachments, warnings)
    }

    /// Whether a reference leads to a container with a configuration.
    ///
    /// - Throws: an error if that cannot be found out, or if a name without an engine leads to several.
    public static func isConfigurable(_ reference: ContainerReference) throws(PassthroughError) -> Bool {
        do {
            return try ConfiguredContainers.ifConfigured(reference) != nil
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    private func changeConfiguration(
        of reference: ContainerReference, _ change: ConfigurationChange, dryRun: Bool, live: LiveChange?,
        undoLive: (Outcome) throws(PassthroughError) -> Void
    ) throws(PassthroughError) -> ConfigurationOutcome {
        do {
            let container = try ConfiguredContainers.container(reference)
            return try changeConfiguration(of: container, change, dryRun: dryRun, live: live, undoLive: undoLive)
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// The lock, the file as it is then, the change, all that may fail on the medium, the running container, and last the
    /// one step that cannot stop half way: the new file gets its name.
    private func changeConfiguration<Container: DeviceConfigured>(
        of container: Container, _ change: ConfigurationChange, dryRun: Bool, live: LiveChange?,
        undoLive: (Outcome) throws(PassthroughError) -> Void
    ) throws -> ConfigurationOutcome {
        guard !dryRun else {
            var text = try container.text()
            let planned = try change.apply(to: &text, of: container, backend: self)
            let steps = (planned.attached + planned.detached).map {
                Step("configure", $0.hostdev.description, "in \(container.path)")
            }
            let lived = try live?(container.reference)
            return (Outcome(unrestorable: lived?.outcome.unrestorable ?? []), steps + (lived?.steps ?? []), [])
        }
        let edit = try ConfigurationEdit(container, until: .now.advanced(by: timeout), whileWaiting: endIfInterrupted)
        let planned = try change.apply(to: &edit.text, of: container, backend: self)
        try edit.prepare()
        let lived = try live?(container.reference).outcome
        do {
            let steps = (planned.attached + planned.detached).map {
                Step("configure", $0.hostdev.description, "in \(container.path)")
            }
            try perform(steps) { try edit.commit() }
        } catch {
            var failures: [PassthroughError] = []
            if let lived {
                do throws(PassthroughError) { try undoLive(lived) } catch { failures.append(error) }
            }
            throw PassthroughError(error).with(failedUndo: failures)
        }
        let claims = try ConfigurationGuards(backend: self, container: container).claims(planned.attached)
        let warnings = edit.text.warnings(planned.attached, of: container) + claims + (lived?.notes ?? [])
        return (lived ?? planned, [], warnings)
    }
}
