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
    /// The nodes, then the links, in the order of making. What the container has already is not among them.
    let entries: [EntryPlan]
    /// What has to be granted first.
    let grants: [RuleChange]
    /// The plan as it goes into a record, before anything is made.
    let record: NodesRecord

    /// A plan for what is known to be missing.
    init(subject: NodesSubject, entries: [EntryPlan], grants: [RuleChange]) {
        self.subject = subject
        self.entries = entries
        self.grants = grants
        record = NodesRecord(subject, entries, grants)
    }

    /// The steps in their order, as people read them.
    var steps: [Step] {
        grants.map { Step("allow", subject.name, $0.description) }
            + entries.map { Step("make", subject.name, $0.description) }
    }
}

extension NodesPlan {
    /// Looks at what the container has, and refuses what cannot work.
    init(
        _ request: NodesRequest, _ subject: NodesSubject, container: borrowing Container, rules: DeviceRules, id: String
    ) throws {
        guard let files = container.files else {
            preconditionFailure("\(container.reference) has no files, and was to be refused")
        }
        let entries = try Self.entries(request, subject.nodes, files).filter {
            try ContainerEntries(attachment: id, entry: 0, in: files).look($0, in: files.root) == .absent
        }
        let grants = try subject.nodes.flatMap {
            try rules.plan(DeviceRule($0.number, request.access), for: files.groups)
        }
        self.init(subject: subject, entries: entries, grants: grants)
    }

    private static func entries(
        _ request: NodesRequest, _ nodes: [NodesSubject.Node], _ files: ContainerFiles
    ) throws -> [EntryPlan] {
        let technique: EntryPlan.Technique = files.needsMountedNodes ? .mounted : .inPlace
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
            let text = "../../../../../" + String(node.target.string.dropFirst("/dev/".count))
            entries.append(EntryPlan(folder.appending(linkName), .link(to: text)))
        }
        return entries
    }

    /// As the document says, else as the host's node is; without the right to write for a read-only device, on which the
    /// kernel filters commands only for who cannot open it for writing. A group of the host's that the container does not
    /// have becomes its root's.
    private static func ownership(
        _ request: NodesRequest, of node: NodesSubject.Node, in files: ContainerFiles
    ) throws -> Ownership {
        let host = try? FileStatus.of(node.path)
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
    fileprivate var needsMountedNodes: Bool { !userIDs.isIdentity || hasHostDevices }

    /// Whether its `/dev` is the host's.
    var hasHostDevices: Bool {
        guard let own = try? root.status("/dev"), let host = try? FileStatus.of("/dev") else { return false }
        return own.identity.device == host.identity.device
    }
}

extension ContainerEntries {
    /// One entry of an attachment. Each has a temporary name of its own, so that none is taken for another.
    init(attachment id: String, entry: Int, in files: ContainerFiles) throws(SystemError) {
        // Without a user namespace its root is the host's.
        let (user, group) = (files.userIDs.outside(0) ?? 0, files.groupIDs.outside(0) ?? 0)
        let namespace = try files.mounts.duplicate()
        self.init(id: "\(id)-\(entry)", mounts: ContainerMounts(namespace, rootUser: user, rootGroup: group))
    }
}
