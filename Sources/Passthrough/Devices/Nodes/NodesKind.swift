internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import NodeDevices

/// Devices with nodes: SCSI units, and devices that are known by one node alone. The nodes are made in the container, and its
/// control group is allowed to use them.
enum NodesKind: DeviceKind {
    static let tag = NodesChange.tag

    static func resolve(_ hostdev: Hostdev, _ context: AttachContext) throws -> Resolution? {
        guard let options = NodeOptions(hostdev.device), let source = try DeviceNodeSource(hostdev.device) else {
            return nil
        }
        return .found([FoundNodes(options: options, source: source)])
    }

    static func change(_ payload: RecordElement) throws -> any DeviceChange { try NodesChange(payload) }
}

/// A device of the host with nodes, and what a document says of them.
struct FoundNodes: FoundDevice {
    let options: NodeOptions
    let source: DeviceNodeSource

    var name: String { source.name }
    var whole: String { source.name }
    var lockNames: [String] { [source.lockName] }
    var conflictKeys: [String] { [source.identity.withoutPartition] }
    var searchKeys: [String] { source.searchKeys }

    func conflicts(with other: any FoundDevice) -> Bool {
        (other as? FoundNodes).map { source.identity.overlaps($0.source.identity) } ?? false
    }

    func supersedes(_ change: any DeviceChange) -> Bool {
        change.nodes.contains { nodes in
            nodes.presence != .away && source.nodes.contains { nodes.numbers.contains($0.number) }
        }
    }

    func plan(_ hostdev: Hostdev, id: String, _ context: AttachContext) throws -> any DevicePlan {
        try refuseTaken(among: context.records, by: context.identity, context.backend)
        return try NodesPlan(
            options, source, container: context.container,
            rules: context.backend.rules(for: context.container.reference), id: id)
    }

    /// Refuses a device that another attachment has, unless all of them share it, and one that the host uses itself. A device
    /// is one container's.
    func refuseTaken(among records: [Record], by container: ContainerIdentity, _ backend: Backend) throws {
        for record in records {
            guard record.change.nodes.contains(where: source.overlaps) else { continue }
            let isHere = record.isOf(container)
            let isShared = options.isShareable && NodeOptions(record.hostdev.device)?.isShareable == true
            if isHere || !isShared {
                var error = record.taken(by: container)
                if !isHere { error.hint = Hint(.detachFirstOrShare) }
                throw error
            }
        }
        if !options.isShareable, !backend.force { try source.refuseUsedByHost() }
    }
}

extension DeviceNodeSource {
    /// Refuses a disk that the host uses itself.
    package func refuseUsedByHost() throws {
        for path in blockNodes where try isBlockDeviceInUse(path) {
            throw PassthroughError(
                .inUse, "the host uses \(path) itself: it is mounted, swap, or a part of another device",
                device: name, hint: Hint(.endHostUse))
        }
    }
}
