public import Containers
public import HostdevModel
internal import LinuxSystem
internal import Netlink

/// Which of a container's devices are meant.
public enum DeviceSelector: Hashable, Sendable, CustomStringConvertible {
    /// The one that a document describes: with the same source.
    case hostdev(Hostdev)
    /// An interface, by its name on the host or in the container.
    case net(String)
    /// A SCSI unit, by the kernel's name, address or wwid that it was attached by or has.
    case scsi(String)
    /// A character or block device, by its node on the host or in the container.
    case node(String)
    /// Any device, by its alias.
    case alias(String)
    /// All of them.
    case all

    /// How messages call it.
    public var description: String {
        switch self {
        case .hostdev(let hostdev): "\(hostdev)"
        case .net(let name): "interface \(name)"
        case .scsi(let name): "SCSI device \(name)"
        case .node(let path): "device \(path)"
        case .alias(let name): "device with alias \(name)"
        case .all: "device"
        }
    }

    func matches(_ record: AttachmentRecord) -> Bool {
        switch self {
        case .all: true
        case .alias(let name): record.hostdev.alias?.description == name
        case .hostdev(let hostdev): record.hostdev.device.source == hostdev.device.source
        case .net(let name):
            if case .interface(let interface) = record.change {
                interface.containerName == name || record.hostNames.contains(name)
            } else {
                false
            }
        case .scsi(let name):
            if case .nodes = record.change { record.hostNames.contains(name) } else { false }
        case .node(let path):
            if case .nodes(let nodes) = record.change {
                record.hostNames.contains(path) || nodes.entries.contains { $0.path == path }
            } else {
                false
            }
        }
    }
}

extension Backend {
    /// Takes devices of a container back and makes them what they were. A container that has died is no obstacle.
    ///
    /// - Parameters:
    ///   - selectors: which devices; each must name at least one, unless `ifAttached`.
    ///   - dryRun: only say what would be done.
    /// - Throws: `incomplete-undo` when something could not be put back; everything else was.
    public func detach(
        _ selectors: [DeviceSelector], from reference: ContainerReference, ifAttached: Bool = false,
        dryRun: Bool = false
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        do {
            try Self.requirePrivilege()
            var locks = try newLocks()
            let candidates = try records(of: reference)
            try locks.take(Set(candidates.map(\.container.lockName)), for: "container \(reference)")
            let records = try select(selectors, from: reference, ifAttached: ifAttached)
            if dryRun { return (Outcome(), records.map { Step("take-back", $0.hostName, "from \(reference)") }) }
            try locks.take(records.map(\.lockName), for: records.map(\.hostName).joined(separator: ", "))
            try refuseTakenNames(records)
            var outcome = Outcome()
            for record in records.reversed() {
                observe(Step("take-back", record.hostName, "from \(reference)"))
                outcome.failures += try detach(record)
                outcome.detached.append(Attachment(record, isCommitted: true))
            }
            guard outcome.failures.isEmpty else {
                throw PassthroughError(.incompleteUndo, outcome.failures.joined(separator: "; "))
            }
            return (outcome, [])
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// The records of a container: by the reference that was used, and by any other that leads to the same container.
    /// One that has died is known by its bare name too, and by its process.
    func records(of reference: ContainerReference) throws -> [AttachmentRecord] {
        var network: FileID?
        var failure: ContainerError?
        do {
            network = try Containers.container(reference).identity.network
        } catch {
            failure = error
        }
        // Which of several is meant, the records do not know either.
        if let failure, reference.engine == nil, failure.code != .noSuchContainer { throw failure }
        let text = reference.description
        // What XML writes in another way is not to be found as it is.
        let signs = text.contains { "&<>'\"".contains($0) } ? nil : reference.signs + [network?.text].compactMap(\.self)
        let records = try journal.records(mentioning: signs).filter {
            $0.container.network == network || $0.container.reference == text
                || (network == nil && reference.meant($0.container))
        }
        let named = Set(records.map(\.container.reference))
        guard reference.engine != nil || network != nil || named.count < 2 else {
            throw PassthroughError(
                .usage,
                "several containers that have died were called '\(text)': \(named.sorted().joined(separator: ", "))")
        }
        // Of a container that has died, what it had is still known.
        if records.isEmpty, let failure { throw failure }
        return records
    }

    private func select(
        _ selectors: [DeviceSelector], from reference: ContainerReference, ifAttached: Bool
    ) throws -> [AttachmentRecord] {
        let candidates = try records(of: reference)
        var selected: Set<String> = []
        for selector in selectors {
            let matches = candidates.filter(selector.matches)
            if matches.isEmpty, !ifAttached {
                throw PassthroughError(
                    .notAttached, "\(reference) has no \(selector) attached",
                    hint: "hostdev list \(reference) shows what it has")
            }
            selected.formUnion(matches.map(\.id))
        }
        return candidates.filter { selected.contains($0.id) }
    }

    /// A name that the host has given to another interface meanwhile would leave the one that comes home under its name
    /// in the container: better said before.
    private func refuseTakenNames(_ records: [AttachmentRecord]) throws {
        guard !force else { return }
        for record in records {
            guard case .interface(let interface) = record.change else { continue }
            for link in interface.links {
                guard let other = try InterfaceSockets.otherLink(named: link) else { continue }
                throw PassthroughError(
                    .nameTaken, "the host has another interface \(other) now", device: record.hostName,
                    hint: "rename that one, or use --force and \(link.name) comes home under another name")
            }
        }
    }

    private func detach(_ record: AttachmentRecord) throws -> [String] {
        var record = record
        record.isDetaching = true
        try journal.write(record)
        stopPoint()
        return takeBack(record)
    }
}
