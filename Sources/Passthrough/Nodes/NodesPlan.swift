internal import ByteStrings
internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import NodeDevices
internal import SystemPackage

/// What attaching the nodes of a device will do, worked out before anything is changed.
struct NodesPlan {
    /// The device on the host.
    let subject: NodesSubject
    /// What the document says of the nodes.
    let request: NodesRequest
    /// The nodes, then the links, in the order of making, and which of them the container has already.
    let entries: [PlannedEntry]
    /// What has to be granted first.
    let grants: [RuleChange]
    /// The plan as it goes into a record, before anything is made.
    let record: NodesChange

    /// A plan from its parts.
    init(subject: NodesSubject, request: NodesRequest, entries: [PlannedEntry], grants: [RuleChange]) {
        self.subject = subject
        self.request = request
        self.entries = entries
        self.grants = grants
        record = NodesChange(subject, entries.map(\.plan), grants)
    }

    /// The steps in their order, as people read them.
    var steps: [Step] {
        grants.map { Step("allow", subject.name, $0.description) }
            + entries.filter { !$0.isThere }.map { Step("make", subject.name, $0.plan.description) }
    }
}

/// An entry that the container is to have.
struct PlannedEntry {
    let plan: EntryPlan
    /// Whether it is there, and serves. It is not ours then, and is never removed.
    let isThere: Bool
}

extension NodesPlan {
    /// Looks at what the container has, and refuses what cannot work.
    init(
        _ request: NodesRequest, _ subject: NodesSubject, container: borrowing Container, rules: DeviceRules, id: String
    ) throws {
        guard let files = container.files else {
            preconditionFailure("\(container.reference) has no files, and was to be refused")
        }
        let service = try NodeService(files, request)
        let entries = try Self.entries(request, subject.nodes, files).map { plan in
            try service.refuseUnreachable(plan.path, of: subject.name)
            guard try ContainerNodes(attachment: id, entry: 0, in: files).inspect(plan, in: files.root) == .same else {
                return PlannedEntry(plan: plan, isThere: false)
            }
            guard case .node = plan.content else { return PlannedEntry(plan: plan, isThere: true) }
            var plan = plan
            let obstacle = try service.obstacle(at: plan.path, asPlanned: plan.ownership)
            if obstacle != nil { plan.technique = .covering }
            return PlannedEntry(plan: plan, isThere: obstacle == nil)
        }
        let grants = try subject.nodes.flatMap {
            try rules.plan(DeviceRule($0.number, request.access), for: files.groups)
        }
        self.init(subject: subject, request: request, entries: entries, grants: grants)
    }

    private static func entries(
        _ request: NodesRequest, _ nodes: [NodesSubject.Node], _ files: ContainerFiles
    ) throws -> [EntryPlan] {
        let technique: EntryPlan.Technique = try files.needsMountedNodes ? .mounted : .inPlace
        var entries = try nodes.map { node in
            EntryPlan(
                node.target, .node(node.number), ownership: try ownership(request, of: node, in: files),
                technique: technique)
        }
        guard let target = request.targetAddress else { return entries }
        let folder = FilePath(
            "/dev/scsi/host\(target.host)/bus\(target.bus)/target\(target.target)/lun\(target.lun)")
        for node in nodes {
            guard let linkName = node.linkName else { continue }
            // Five folders lead from the link up to /dev.
            let below = node.target.byteString.dropping(prefix: "/dev/") ?? node.target.byteString
            entries.append(
                EntryPlan(folder.appending(linkName), .link(to: ByteString("../../../../../\(below)"))))
        }
        return entries
    }

    /// As the document says, else as the host's node is; without the right to write for a read-only device, on which the
    /// kernel filters commands only for who cannot open it for writing. A group of the host's that the container does not
    /// have becomes its root's.
    private static func ownership(
        _ request: NodesRequest, of node: NodesSubject.Node, in files: ContainerFiles
    ) throws -> Ownership {
        let host = try ifThere { () throws(SystemError) in try FileStatus.of(node.path) }
        let mode = request.permissions.mode.map(UInt32.init) ?? host?.mode ?? 0o600
        let inheritedGroup = files.groupIDs.isIdentity ? host?.group ?? 0 : 0
        return Ownership(
            user: try outside(request.permissions.uid ?? 0, files.userIDs, "user"),
            group: try outside(request.permissions.gid ?? inheritedGroup, files.groupIDs, "group"),
            mode: request.isReadOnly ? mode & ~0o222 : mode)
    }

    private static func outside(_ id: UInt32, _ map: IDMap, _ kind: String) throws -> UInt32 {
        guard let outside = map.outside(id) else {
            throw PassthroughError(
                .invalidDocument, "the container has no \(kind) \(id): its user namespace does not map it",
                hint: "choose another in <permissions/>")
        }
        return outside
    }
}

extension ContainerFiles {
    /// Whether a node in the container's own `/dev` would be of no use, or would be the host's: in a user namespace nobody
    /// can open it, and a `/dev` that is the host's devtmpfs is not to be changed.
    fileprivate var needsMountedNodes: Bool { get throws { try !userIDs.isIdentity || hasHostDevices } }

    /// Whether its `/dev` is the host's. One without a `/dev` has none.
    var hasHostDevices: Bool {
        get throws {
            guard let own = try ifThere({ () throws(SystemError) in try root.status("/dev") }) else { return false }
            return try containerMounts().isHosts(own.identity)
        }
    }

    func containerMounts() throws(SystemError) -> ContainerMounts {
        // Without a user namespace its root is the host's.
        ContainerMounts(
            try mounts.duplicate(), rootUser: userIDs.outside(0) ?? 0, rootGroup: groupIDs.outside(0) ?? 0)
    }
}

extension ContainerNodes {
    /// One entry of an attachment. Each has a temporary name of its own, so that none is taken for another.
    init(attachment id: String, entry: Int, in files: ContainerFiles) throws(SystemError) {
        self.init(id: "\(id)-\(entry)", mounts: try files.containerMounts())
    }
}
