public import Containers
public import HostdevModel
internal import LinuxSystem

/// What a run did in a configuration, and to the running container where that was asked for too.
public typealias ConfigurationOutcome = (outcome: Outcome, steps: [Step], warnings: [String])

/// A change of the running container that goes with a change of its configuration.
public typealias LiveChange = (ContainerReference) throws(PassthroughError) -> (outcome: Outcome, steps: [Step])

extension Backend {
    /// Writes devices into a container's configuration, from which it gets them at its next start; with `live` also gives
    /// them to the running one: both or neither.
    ///
    /// Only OpenVZ's containers have a configuration that is edited.
    ///
    /// - Parameter live: attaches the same devices to the running container, whose full reference it gets.
    /// - Throws: `not-supported` for what a configuration cannot say, `already-attached` for what it says, `busy`.
    public func attachConfigured(
        _ hostdevs: [Hostdev], to reference: ContainerReference, dryRun: Bool = false, live: LiveChange? = nil
    ) throws(PassthroughError) -> ConfigurationOutcome {
        try changeConfiguration(of: reference, dryRun: dryRun, live: live) { conf, container in
            var added: [Attachment] = []
            for hostdev in hostdevs {
                for entry in try hostdev.configuredEntries() {
                    if let other = conf.entries.first(where: { ($0.list, $0.key) == (entry.list, entry.key) }) {
                        throw PassthroughError(
                            .alreadyAttached, "\(container.path) has \(other.word) in \(entry.list.rawValue) already",
                            device: "\(hostdev)")
                    }
                    conf.add(entry.word, to: entry.list)
                    added.append(Attachment(entry, hostdev, of: container))
                }
            }
            return Outcome(attached: added)
        } undoLive: { done throws(PassthroughError) in
            _ = try detach(done.attached.map { .hostdev($0.hostdev) }, from: reference)
        }
    }

    /// Takes devices out of a container's configuration; with `live` also from the running one: both or neither.
    public func detachConfigured(
        _ selectors: [DeviceSelector], from reference: ContainerReference, ifAttached: Bool = false,
        dryRun: Bool = false, live: LiveChange? = nil
    ) throws(PassthroughError) -> ConfigurationOutcome {
        try changeConfiguration(of: reference, dryRun: dryRun, live: live) { conf, container in
            var outcome = Outcome()
            for selector in selectors {
                let entries = conf.entries.filter(selector.matches)
                guard !entries.isEmpty || ifAttached || (selector == .all && live != nil) else {
                    throw PassthroughError(
                        .notAttached, "\(container.path) has no \(selector)",
                        hint: "hostdev list --config \(container.reference) shows what it has")
                }
                for entry in entries {
                    if let attachment = Attachment(entry, of: container) { outcome.detached.append(attachment) }
                    conf.remove(entry.list) { $0 == entry.word }
                }
            }
            return outcome
        } undoLive: { done throws(PassthroughError) in
            _ = try attach(done.detached.map(\.hostdev), to: reference)
        }
    }

    /// What configurations give a container at its next start, or all of OpenVZ's, and what of it has no form in a
    /// document.
    public func configured(
        of reference: ContainerReference?
    ) throws(PassthroughError) -> (attachments: [Attachment], warnings: [String]) {
        do {
            let containers = try reference.map { [try Self.configurable($0)] } ?? OpenVZContainer.all()
            var attachments: [Attachment] = []
            var warnings: [String] = []
            for container in containers {
                var sources: Set<DeviceSource> = []
                for entry in try container.conf().entries {
                    guard let attachment = Attachment(entry, of: container) else {
                        warnings.append(
                            "\(container.path): \(entry.word) in \(entry.list.rawValue) has no form in a document")
                        continue
                    }
                    // A node in DEVNODES may have its number in DEVICES as well.
                    if sources.insert(attachment.hostdev.device.source).inserted { attachments.append(attachment) }
                }
            }
            return (attachments, warnings)
        } catch {
            throw PassthroughError(error).about(container: reference?.description)
        }
    }

    /// Whether a reference leads to a container with a configuration.
    public static func isConfigurable(_ reference: ContainerReference) -> Bool { (try? configurable(reference)) != nil }

    private static func configurable(_ reference: ContainerReference) throws(PassthroughError) -> OpenVZContainer {
        guard reference.engine == nil || reference.engine == "openvz" else {
            throw PassthroughError(
                .notSupported,
                "\(reference) has no configuration: only OpenVZ's containers have one that hostdev edits",
                hint: "leave --config out, and attach at each start")
        }
        do throws(ContainerError) {
            return try OpenVZContainer(reference.name)
        } catch {
            throw PassthroughError(error)
        }
    }

    /// The lock, the conf as it is then, the change, all that may fail on the medium, the running container, and last the
    /// one step that cannot stop half way: the new conf gets its name.
    private func changeConfiguration(
        of reference: ContainerReference, dryRun: Bool, live: LiveChange?,
        _ change: (inout OpenVZConf, OpenVZContainer) throws -> Outcome,
        undoLive: (Outcome) throws(PassthroughError) -> Void
    ) throws(PassthroughError) -> ConfigurationOutcome {
        do {
            let container = try Self.configurable(reference)
            guard !dryRun else {
                var conf = try container.conf()
                let planned = try change(&conf, container)
                let steps = (planned.attached + planned.detached).map {
                    Step("configure", $0.hostdev.description, "in \(container.path)")
                }
                let lived = try live?(container.reference)
                return (Outcome(), steps + (lived?.steps ?? []), [])
            }
            let edit = try OpenVZEdit(container, until: .now.advanced(by: timeout), whileWaiting: endIfInterrupted)
            let planned = try change(&edit.conf, container)
            try edit.prepare()
            for done in planned.attached + planned.detached {
                observe(Step("configure", done.hostdev.description, "in \(container.path)"))
            }
            let lived = try live?(container.reference).outcome
            do {
                try edit.commit()
            } catch {
                var failures: [String] = []
                if let lived {
                    do throws(PassthroughError) { try undoLive(lived) } catch { failures.append(error.description) }
                }
                throw PassthroughError(error).with(failedUndo: failures)
            }
            return (lived ?? planned, [], container.warnings(planned.attached))
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }
}

extension OpenVZContainer {
    fileprivate func warnings(_ added: [Attachment]) -> [String] {
        guard !hasKernel else { return [] }
        return added.compactMap { attachment in
            guard case .pci = attachment.hostdev.device else { return nil }
            return "\(attachment.hostdev) stands in \(path), but has no effect without an OpenVZ kernel"
        }
    }
}
