internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices
internal import SystemPackage

extension NodesPlan {
    /// Grants the rules, makes the nodes and the links, in that order: a node that is there can be used. Each file that is
    /// made is recorded before it gets its name. Nobody is told of them yet: what is told of is there.
    func carryOut(
        in container: borrowing Container, rules: DeviceRules, id: String, observe: (Step) -> Void,
        record: (NodesChange) throws -> Void
    ) throws {
        guard let files = container.files else { return }
        let steps = steps
        for (grant, step) in zip(grants, steps) {
            observe(step)
            try rules.apply(grant)
            stopPoint()
        }
        var made = self.record
        var step = grants.count
        for (index, entry) in entries.enumerated() where !entry.isThere {
            observe(steps[step])
            step += 1
            try ContainerNodes(attachment: id, entry: index, in: files).create(entry.plan, in: files.root) { file in
                stopPoint()
                made.entries[index].made.append(file)
                try record(made)
                stopPoint()
            }
            stopPoint()
        }
        try verify(files)
    }

    /// Numbers are not stable: had the device gone meanwhile, another one could have them, and be in the container now. And
    /// a node that is there is of use only to who can open it.
    private func verify(_ files: ContainerFiles) throws {
        let service = try NodeService(files, request)
        for plan in entries.map(\.plan) {
            guard case .node(let number) = plan.content else { continue }
            if let obstacle = try service.obstacle(to: number, at: plan.path) {
                throw PassthroughError(
                    .notSupported, "no process of the container can open \(plan.path): \(obstacle)",
                    device: subject.name)
            }
            guard try DeviceNodes().identity(of: number) == subject.identity else {
                throw PassthroughError(
                    .noSuchDevice, "\(subject.name) went away while it was attached: \(number) is another device now",
                    device: subject.name)
            }
        }
    }
}

extension NodesChange {
    init(_ subject: NodesSubject, _ entries: [EntryPlan], _ rules: [RuleChange]) {
        self.init(
            name: subject.name, address: subject.unit?.address, wwid: subject.unit?.wwid,
            identity: subject.identity, lock: subject.lockName,
            entries: entries.map { Entry(plan: $0, sysfsPlace: Self.place(of: $0.content)) }, rules: rules)
    }

    private static func place(of content: EntryContent) -> SysfsPlace? {
        guard case .node(let number) = content, let place = DeviceNodes().sysfsPlace(of: number) else { return nil }
        return SysfsPlace(path: place.path, subsystem: place.subsystem)
    }
}
