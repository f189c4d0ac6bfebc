internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices
internal import SystemPackage

// Devices that leave the host while a container has them, and come back. A number says nothing of a device: the next one
// gets it, and with the rule and the node that lead to it the container would have that.
extension Backend {
    /// Whether a container has something of a device that has left the host, or nothing of one that is back.
    func mustFollow(_ record: Record) throws -> Bool {
        if case .interface(let interface) = record.change { return try mustFollow(interface, of: record) }
        guard case .nodes(let nodes) = record.change else { return false }
        return switch nodes.presence {
        case .here: try !nodes.isPresent
        case .unsettled: true
        case .away: try NodesSubject(returned: nodes, as: record.hostdev.device) != nil
        }
    }

    /// Takes from a container what it has of a device that has left the host, and gives it what it had of one that is back.
    /// The caller holds the lock of the container, which runs.
    func follow(_ record: Record, _ locks: inout Locks, _ outcome: inout Outcome) throws {
        var record = record
        do {
            if case .interface(let interface) = record.change, try mustFollow(record) {
                return try follow(interface, of: &record, &locks, &outcome)
            }
            guard case .nodes(let nodes) = record.change, try mustFollow(record) else {
                let isLost = try grantAgain(&record)
                let attachment = Attachment(record, isCommitted: true)
                return isLost ? outcome.attached.append(attachment) : outcome.unchanged.append(attachment)
            }
            if nodes.presence != .away {
                outcome.failures += try withdraw(&record)
                if nodes.presence == .here { outcome.detached.append(Attachment(record, isCommitted: true)) }
            }
            if let subject = try NodesSubject(returned: nodes, as: record.hostdev.device) {
                try locks.take([subject.lockName], for: subject.name)
                try giveAgain(subject, &record)
                outcome.attached.append(Attachment(record, isCommitted: true))
            }
        } catch {
            let error = PassthroughError(error)
            guard error.code != .busy else { throw error }
            outcome.failures.append("\(record.hostName): \(error)")
        }
    }

    /// Takes away what containers have of devices whose numbers others have got meanwhile, which are about to be attached:
    /// the rules and nodes of the former would lead to the latter. Returns whether there was anything.
    func withdrawReplaced(
        by subjects: [NodesSubject], among records: [Record], _ locks: inout Locks
    ) throws -> Bool {
        let numbers = Set(subjects.flatMap(\.nodes).map(\.number))
        var isAnything = false
        for record in records {
            guard case .nodes(let nodes) = record.change, nodes.presence != .away,
                !numbers.isDisjoint(with: nodes.numbers),
                try mustFollow(record), try !isUnfinished(record), try !record.container.hasEnded()
            else { continue }
            try locks.takeAtOnce([record.container.lockName])
            guard var record = try journal.record(record.id), try !isUnfinished(record) else { continue }
            _ = try withdraw(&record)
            isAnything = true
        }
        return isAnything
    }

    /// Grants again the rules that a container has lost: who filters its devices has written its list anew, or attached its
    /// program again. Returns whether any was lost.
    private func grantAgain(_ record: inout Record) throws -> Bool {
        guard case .nodes(var nodes) = record.change, nodes.presence == .here,
            let request = NodesRequest(record.hostdev.device)
        else { return false }
        let container = try record.container.pinned()
        guard let files = container.files else { return false }
        let rules = rules(for: container.reference)
        let lost = try nodes.numbers.map { DeviceRule($0, request.access) }.flatMap { rule in
            try files.groups.permits(rule) == false ? rules.plan(rule, for: files.groups) : []
        }
        guard !lost.isEmpty else { return false }
        // Others may have got what the record has: by another way, in other groups.
        nodes.rules += lost.filter { !nodes.rules.contains($0) }
        try write(nodes, in: &record)
        for grant in lost {
            observe(Step("allow", record.hostName, grant.description))
            try rules.apply(grant)
            stopPoint()
        }
        return true
    }

    /// Takes rules, nodes and links away, and leaves the record. Returns what is no more ours to take.
    private func withdraw(_ record: inout Record) throws -> [String] {
        guard case .nodes(var nodes) = record.change else { return [] }
        observe(Step("withdraw", record.hostName, "from \(record.container.reference): it has left the host"))
        nodes.presence = .unsettled
        try write(nodes, in: &record)
        let container = try record.container.pinned()
        let rest = NodesRemoval(record: nodes, id: record.id).carryOut(
            in: container, rules: rules(for: container.reference))
        guard !rest.canBeTriedAgain else {
            throw PassthroughError(.incompleteUndo, rest.messages.joined(separator: "; "))
        }
        for directory in rest.sharedDirectories { try handOver(directory, from: record) }
        nodes.becomeAway()
        try write(nodes, in: &record)
        return rest.messages
    }

    /// Makes again what a container had of a device, with the numbers that it has now. Until all is made the record says
    /// that it is unsettled, so that after a kill what was made is taken away and made anew.
    private func giveAgain(_ subject: NodesSubject, _ record: inout Record) throws {
        guard let request = NodesRequest(record.hostdev.device) else { return }
        guard try !isUdevAtWork else { throw PassthroughError(.busy, "udev has not finished with \(subject.name)") }
        let others = try journal.records(mentioning: subject.signs).filter { $0.id != record.id }
        try refuse(request, subject, taken: others, by: record.container)
        let container = try record.container.pinned()
        let rules = rules(for: container.reference)
        let plan = try NodesPlan(request, subject, container: container, rules: rules, id: record.id)
        func unsettled(_ nodes: NodesChange) -> NodesChange {
            var nodes = nodes
            nodes.presence = .unsettled
            return nodes
        }
        try write(unsettled(plan.record), in: &record)
        do {
            try plan.carryOut(in: container, rules: rules, id: record.id, observe: observe) { made in
                try write(unsettled(made), in: &record)
            }
            NodesChange.announce(.add, [record].compactMap(\.nodes), in: container)
        } catch {
            let failures = try withdraw(&record)
            throw PassthroughError(error).with(failedUndo: failures)
        }
        guard case .nodes(var nodes) = record.change else { return }
        nodes.presence = .here
        try write(nodes, in: &record)
    }

    private func write(_ nodes: NodesChange, in record: inout Record) throws {
        record.change = .nodes(nodes)
        try journal.write(record)
        stopPoint()
    }

    /// Whether udev(7) is at work on an event: a device that has just come may yet get its owner and its mode, which the
    /// container's node gets too.
    var isUdevAtWork: Bool { get throws { try exists("/run/udev/queue") } }
}
