internal import ByteStrings
internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import NodeDevices
internal import SystemPackage

/// What attaching the nodes of a device will do, worked out before anything is changed.
struct NodesPlan: DevicePlan {
    /// The device on the host.
    let source: DeviceNodeSource
    /// What the document says of the nodes.
    let options: NodeOptions
    /// The nodes, then the links, in the order of making, and which of them the container has already.
    let entries: [PlannedEntry]
    /// What has to be granted first.
    let rules: [RuleChange]
    /// What a record has to hold before anything is made.
    let change: NodesChange

    /// A plan from its parts.
    init(source: DeviceNodeSource, options: NodeOptions, entries: [PlannedEntry], rules: [RuleChange]) throws {
        self.source = source
        self.options = options
        self.entries = entries
        self.rules = rules
        change = try NodesChange(source, entries.map(\.plan), rules)
    }

    var name: String { source.name }
    var unrestorable: [Unrestorable] { [] }
    var foretold: any DeviceChange { change }

    var steps: [Step] {
        rules.map { Step("allow", source.name, $0.description) }
            + entries.filter { !$0.isThere }.map { Step("make", source.name, $0.plan.description) }
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
        _ options: NodeOptions, _ source: DeviceNodeSource, container: borrowing Container,
        rules deviceRules: DeviceRules, id: String
    ) throws {
        guard let files = container.files else {
            preconditionFailure("\(container.reference) has no files, and was to be refused")
        }
        let service = try NodeAccessCheck(files, options)
        let entries = try Self.entries(options, source.nodes, files).map { plan in
            try service.refuseUnreachable(plan.path, of: source.name)
            guard try ContainerNodes(attachment: id, entry: 0, in: files).inspect(plan, in: files.root) == .same else {
                return PlannedEntry(plan: plan, isThere: false)
            }
            guard case .node = plan.content else { return PlannedEntry(plan: plan, isThere: true) }
            var plan = plan
            let obstacle = try service.obstacle(at: plan.path, asPlanned: plan.ownership)
            if obstacle != nil { plan.technique = .covering }
            return PlannedEntry(plan: plan, isThere: obstacle == nil)
        }
        let links = try source.nodes.flatMap { node in
            try Self.links(to: node).map { PlannedEntry(plan: $0, isThere: false) }.filter {
                try ContainerNodes(attachment: id, entry: 0, in: files).isFree($0.plan, in: files.root)
            }
        }
        let rules = try source.nodes.flatMap {
            try deviceRules.plan(DeviceRule($0.number, options.access), for: files.groups)
        }
        try self.init(source: source, options: options, entries: entries + links, rules: rules)
    }

    /// The links that the host's udev(7) has made, which programs are configured with. They are relative.
    private static func links(to node: DeviceNodeSource.Node) -> [EntryPlan] {
        node.links.filter { $0 != node.target }.map { link in
            let up = String(repeating: "../", count: link.components.count - 2)
            let below = node.target.byteString.dropping(prefix: "/dev/") ?? node.target.byteString
            return EntryPlan(link, .link(to: ByteString("\(up)\(below)")))
        }
    }

    private static func entries(
        _ options: NodeOptions, _ nodes: [DeviceNodeSource.Node], _ files: ContainerFiles
    ) throws -> [EntryPlan] {
        let technique: EntryPlan.Technique = try files.needsMountedNodes ? .mounted : .inPlace
        var entries = try nodes.map { node in
            EntryPlan(
                node.target, .node(node.number), ownership: try ownership(options, of: node, in: files),
                technique: technique)
        }
        guard let target = options.targetAddress else { return entries }
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
        _ options: NodeOptions, of node: DeviceNodeSource.Node, in files: ContainerFiles
    ) throws -> Ownership {
        let host = try ifThere { () throws(SystemError) in try FileStatus.of(node.path) }
        let mode = options.permissions.mode.map(UInt32.init) ?? host?.mode ?? 0o600
        let inheritedGroup = files.groupIDs.isIdentity ? host?.group ?? 0 : 0
        return Ownership(
            user: try outside(options.permissions.uid ?? 0, files.userIDs, "user"),
            group: try outside(options.permissions.gid ?? inheritedGroup, files.groupIDs, "group"),
            mode: options.isReadOnly ? mode & ~0o222 : mode)
    }

    private static func outside(_ id: UInt32, _ map: IDMap, _ kind: String) throws -> UInt32 {
        guard let outside = map.outside(id) else {
            throw PassthroughError(
                .invalidDocument, "the container has no \(kind) \(id): its user namespace does not map it",
                hint: Hint(.changePermissions))
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
            return try containerMounts().isHostDevtmpfs(own.identity)
        }
    }

    func containerMounts() throws(SystemError) -> ContainerMounts {
        // Without a user namespace its root is the host's.
        ContainerMounts(
            try mounts.duplicate(), rootUser: userIDs.outside(0) ?? 0, rootGroup: groupIDs.outside(0) ?? 0)
    }
}

extension ContainerNodes {
    /// Whether a link can be made. What is there already is the container's, or is of another device that calls itself the same.
    fileprivate func isFree(_ plan: EntryPlan, in root: borrowing RootDirectory) throws -> Bool {
        do throws(DeviceAccessError) {
            return try inspect(plan, in: root) == .free
        } catch {
            guard error.code == .nameTaken else { throw error }
            return false
        }
    }

    /// One entry of an attachment. Each has a temporary name of its own, so that none is taken for another.
    init(attachment id: String, entry: Int, in files: ContainerFiles) throws(SystemError) {
        self.init(id: "\(id)-\(entry)", mounts: try files.containerMounts())
    }
}

extension NodesPlan {
    func apply(
        _ phase: AttachPhase, id: String, in context: AttachContext, record: (any DeviceChange) throws -> Void
    ) throws {
        guard phase == .configure else { return }
        try create(in: context.container, id: id, context.backend, record: record)
    }

    /// What another program leaves to do: nodes that have to be mounted, since the container's `/dev` is the host's. All others
    /// are there, and the container may use them; else that program has not done what it was asked.
    func adopt(
        id: String, in context: AttachContext, mismatch: (String) -> PassthroughError,
        record: (any DeviceChange) throws -> Void
    ) throws {
        guard let files = context.container.files else { return }
        for node in source.nodes where try files.groups.permits(DeviceRule(node.number, options.access)) == false {
            throw mismatch("the container may not use \(node.number)")
        }
        for entry in entries.map(\.plan) where entry.technique == .inPlace {
            guard case .node(let number) = entry.content else { continue }
            guard (try? files.root.status(entry.path))?.device == number else {
                throw mismatch("the container has no \(entry.path)")
            }
        }
        let rest = entries.map { PlannedEntry(plan: $0.plan, isThere: $0.isThere || $0.plan.technique == .inPlace) }
        try NodesPlan(source: source, options: options, entries: rest, rules: rules).apply(
            .configure, id: id, in: context, record: record)
    }

    /// Grants the rules, makes the nodes and the links, in that order: a node that is there can be used. Each file that is
    /// made is recorded before it gets its name. Does not send uevents; the caller does, once every node exists.
    func create(
        in container: borrowing Container, id: String, _ backend: Backend, record: (NodesChange) throws -> Void
    ) throws {
        guard let files = container.files else { return }
        let deviceRules = backend.rules(for: container.reference)
        var rest = steps[...]
        for rule in rules {
            try backend.perform(CollectionOfOne(rest.removeFirst()), of: id) { try deviceRules.apply(rule) }
            stopPoint()
        }
        var made = change
        for (index, entry) in entries.enumerated() where !entry.isThere {
            try backend.perform(CollectionOfOne(rest.removeFirst()), of: id) {
                try ContainerNodes(attachment: id, entry: index, in: files).create(entry.plan, in: files.root) { file in
                    stopPoint()
                    made.entries[index].made.append(file)
                    try record(made)
                }
            }
            stopPoint()
        }
        try verify(files)
    }

    /// Numbers are not stable: had the device gone meanwhile, another one could have them, and be in the container now. And
    /// a node that is there is of use only to who can open it.
    private func verify(_ files: ContainerFiles) throws {
        let service = try NodeAccessCheck(files, options)
        for plan in entries.map(\.plan) {
            guard case .node(let number) = plan.content else { continue }
            if let obstacle = try service.obstacle(to: number, at: plan.path) {
                throw PassthroughError(
                    .notSupported, "no process of the container can open \(plan.path): \(obstacle)",
                    device: source.name)
            }
            guard try DeviceNodes().identity(of: number) == source.identity else {
                throw PassthroughError(
                    .noSuchDevice, "\(source.name) went away while it was attached: \(number) is another device now",
                    device: source.name)
            }
        }
    }
}
