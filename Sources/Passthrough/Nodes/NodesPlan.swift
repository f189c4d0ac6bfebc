internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import NodeDevices
internal import SystemPackage

/// What attaching a SCSI unit will do, worked out before anything is changed.
struct NodesPlan {
    /// What the document asks for.
    let device: SCSIDevice
    /// The unit on the host.
    let unit: SCSIUnit
    /// The nodes, then the links, in the order of making. What the container has already is not among them.
    let entries: [EntryPlan]
    /// What has to be granted first.
    let grants: [Grant]

    /// How messages call the unit: its sg node if it has one.
    var name: String { unit.name }

    /// The steps in their order, as people read them.
    var steps: [Step] {
        grants.map { Step("allow", name, $0.description) } + entries.map { Step("make", name, $0.description) }
    }
}

extension SCSIUnit {
    /// The kernel's name of its sg node, else of its first node, else its address.
    var name: String { (nodes.first { $0.kind == .generic } ?? nodes.first)?.name ?? address.description }
    /// The lock that every run takes before it gives the unit to a container.
    var lockName: String { "scsi-\(address)" }
}

extension NodesPlan {
    /// Looks at a unit and at what the container has, and refuses what cannot work.
    init(_ device: SCSIDevice, unit: SCSIUnit, container: borrowing Container, rules: DeviceRules, id: String) throws {
        let name = unit.name
        self.device = device
        self.unit = unit
        guard let files = container.files else {
            throw PassthroughError(
                .notSupported, "\(container.reference) is a network namespace alone: it takes interfaces, but no nodes",
                device: name, hint: "name a process of the container, as in pid:4242")
        }
        let nodes = try Self.chosen(device, unit)
        entries = try Self.entries(device, nodes, files).filter {
            try ContainerEntries(attachment: id, entry: 0, in: files).look($0, in: files.root) == .absent
        }
        let access: DeviceRule.Access = device.isReadOnly ? .read : [.read, .write]
        grants = try nodes.flatMap { try rules.look(DeviceRule($0.number, access), for: files.groups) }
    }

    private static func chosen(_ device: SCSIDevice, _ unit: SCSIUnit) throws -> [SCSINode] {
        let nodes = unit.nodes.filter { device.nodes.contains($0.kind) }
        let missing = device.nodes.kinds.subtracting(nodes.map(\.kind))
        guard device.nodes == .all ? !nodes.isEmpty : missing.isEmpty else {
            let kinds = missing.map(\.rawValue).sorted().joined(separator: ", ")
            throw PassthroughError(
                .noSuchDevice, "\(unit.label) has no node of kind \(kinds)", device: unit.name,
                hint: "its driver may not be loaded: sg, st, ch, sd_mod or sr_mod")
        }
        return nodes
    }

    private static func entries(
        _ device: SCSIDevice, _ nodes: [SCSINode], _ files: ContainerFiles
    ) throws -> [EntryPlan] {
        var entries: [EntryPlan] = []
        let technique: EntryPlan.Technique = files.needsMountedNodes ? .mounted : .inPlace
        for node in nodes {
            entries.append(
                EntryPlan(
                    node.path, .node(node.number), ownership: try ownership(device, of: node, in: files),
                    technique: technique))
        }
        guard let target = device.targetAddress else { return entries }
        let folder = FilePath(
            "/dev/scsi/host\(target.host)/bus\(target.bus)/target\(target.target)/lun\(target.lun)")
        for node in nodes {
            // Five folders lead from the link up to /dev.
            let text = "../../../../../" + String(node.path.string.dropFirst("/dev/".count))
            entries.append(EntryPlan(folder.appending(node.linkName), .link(to: text)))
        }
        return entries
    }

    /// As the document says, else as the host's node is; without the right to write for a read-only device, on which the
    /// kernel filters commands only for who cannot open it for writing. A group of the host's that the container does not
    /// have becomes its root's.
    private static func ownership(
        _ device: SCSIDevice, of node: SCSINode, in files: ContainerFiles
    ) throws -> Ownership {
        let host = try? FileStatus.of(node.path)
        let mode = device.permissions.mode.map(UInt32.init) ?? host?.mode ?? 0o600
        let inheritedGroup = files.groupIDs.isIdentity ? host?.group ?? 0 : 0
        return Ownership(
            user: try outside(device.permissions.uid ?? 0, files.userIDs, "user"),
            group: try outside(device.permissions.gid ?? inheritedGroup, files.groupIDs, "group"),
            mode: device.isReadOnly ? mode & ~0o222 : mode)
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
    fileprivate var needsMountedNodes: Bool {
        guard userIDs.isIdentity else { return true }
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

extension SCSINode {
    /// The name that devfs gave such a node: a tape's eight are `mt` and `mtn`, with a letter for the density.
    fileprivate var linkName: String {
        guard kind == .mt else { return kind.rawValue }
        let density = name.last.flatMap { "lma".contains($0) ? String($0) : nil } ?? ""
        return (name.hasPrefix("n") ? "mtn" : "mt") + density
    }
}
