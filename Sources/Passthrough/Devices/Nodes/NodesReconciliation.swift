internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices

extension NodesChange {
    func needsReconcile(_ record: Record) throws -> Bool {
        switch presence {
        case .here: try !numbers.allSatisfy { try DeviceNodes().matches(identity, $0) }
        case .unsettled: true
        case .away: try DeviceNodeSource(returned: self, as: record.hostdev.device) != nil
        }
    }

    func reconcile(_ work: Reconciliation, _ locks: inout Locks) throws {
        guard try needsReconcile(work.record) else {
            return work.report(try grantLostRules(work) ? .attached : .unchanged)
        }
        if presence != .away {
            work.report(failures: try withdraw(work))
            if presence == .here { work.report(.left) }
        }
        if let source = try DeviceNodeSource(returned: self, as: work.record.hostdev.device) {
            try locks.take([source.lockName], for: source.name)
            try reattach(source, work)
            work.report(.attached)
        }
    }

    /// Removes rules, nodes and links, and leaves the record. Returns what is no more ours to remove.
    func withdraw(_ work: Reconciliation) throws -> [PassthroughError] {
        guard var nodes = work.record.change as? NodesChange else { return [] }
        let (record, backend) = (work.record, work.backend)
        nodes.presence = .unsettled
        try work.write(nodes)
        let container = try record.container.pinned()
        let step = Step("withdraw", name, "from \(record.container.reference): it has left the host")
        let rest = try backend.perform([step], of: record.id) {
            let rest = nodes.removeNodes(record, in: container, backend)
            guard !rest.isIncomplete else { throw PassthroughError(incompleteUndo: rest.failures) }
            return rest
        }
        for directory in rest.sharedDirectories { try work.transferOwnership(of: directory) }
        nodes.presence = .away
        nodes.rules = []
        for index in nodes.entries.indices { nodes.entries[index].made = [] }
        try work.write(nodes)
        return rest.failures
    }

    /// Makes again what a container had of a device, with the numbers that it has now. Until all is made the record says
    /// that it is unsettled, so that after a kill what was made is removed and made anew.
    private func reattach(_ source: DeviceNodeSource, _ work: Reconciliation) throws {
        let (record, backend) = (work.record, work.backend)
        guard let options = NodeOptions(record.hostdev.device) else { return }
        guard try !backend.isUdevProcessing else {
            throw PassthroughError(.busy, "udev has not finished with \(source.name)")
        }
        let others = try backend.journal.records(mentioning: source.searchKeys).filter { $0.id != record.id }
        try FoundNodes(options: options, source: source).refuseTaken(among: others, by: record.container, backend)
        let container = try record.container.pinned()
        let rules = backend.rules(for: container.reference)
        let plan = try NodesPlan(options, source, container: container, rules: rules, id: record.id)
        func write(_ nodes: NodesChange, _ presence: Presence) throws {
            var nodes = nodes
            nodes.presence = presence
            try work.write(nodes)
        }
        try write(plan.change, .unsettled)
        do {
            try plan.create(in: container, id: record.id, backend) { made in
                try write(made, .unsettled)
            }
            container.announce(work.record.change.uevents(.add))
        } catch {
            throw PassthroughError(error).with(failedUndo: try withdraw(work))
        }
        if let nodes = work.record.change as? NodesChange { try write(nodes, .here) }
    }

    /// Grants again the rules that a container has lost: who filters its devices has written its list anew, or attached its
    /// program again. Returns whether any was lost.
    private func grantLostRules(_ work: Reconciliation) throws -> Bool {
        guard presence == .here, let options = NodeOptions(work.record.hostdev.device) else { return false }
        let container = try work.record.container.pinned()
        guard let files = container.files else { return false }
        let deviceRules = work.backend.rules(for: container.reference)
        let lost = try numbers.map { DeviceRule($0, options.access) }.flatMap { rule in
            try files.groups.permits(rule) == false ? deviceRules.plan(rule, for: files.groups) : []
        }
        guard !lost.isEmpty else { return false }
        // Others may have got what the record has: by another way, in other groups.
        var nodes = self
        nodes.rules += lost.filter { !rules.contains($0) }
        try work.write(nodes)
        for rule in lost {
            let step = Step("allow", name, rule.description)
            try work.backend.perform([step], of: work.record.id) { try deviceRules.apply(rule) }
            stopPoint()
        }
        return true
    }
}
