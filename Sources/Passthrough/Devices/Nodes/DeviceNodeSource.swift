internal import ByteStrings
package import DeviceAccess
package import HostdevModel
package import LinuxSystem
internal import NodeDevices
package import SystemPackage

/// What a document says about nodes, whatever the type of the device.
package struct NodeOptions {
    package let isReadOnly: Bool
    package let isShareable: Bool
    package let permissions: NodePermissions
    /// The address under which the container finds links to the nodes of a SCSI unit.
    let targetAddress: SCSIAddress?

    /// What the container may do with the nodes.
    package var access: DeviceRule.Access { isReadOnly ? .read : [.read, .write] }

    /// Returns nil for a device that has no nodes of its own.
    package init?(_ device: Device) {
        switch device {
        case .scsi(let scsi): self.init(scsi)
        case .misc(let file), .storage(let file): self.init(file)
        default: return nil
        }
    }

    private init(_ device: SCSIDevice) {
        isReadOnly = device.isReadOnly
        isShareable = device.isShareable
        permissions = device.permissions
        targetAddress = device.targetAddress
    }

    private init(_ device: DeviceFile) {
        isReadOnly = device.isReadOnly
        isShareable = device.isShareable
        permissions = device.permissions
        targetAddress = nil
    }
}

/// A device of the host's as far as its nodes go: a SCSI unit with those that were chosen, or a device that is known by
/// one node alone.
package struct DeviceNodeSource {
    /// One node.
    package struct Node {
        /// The host's.
        package let path: FilePath
        /// Where the container gets it.
        let target: FilePath
        package let number: DeviceNumber
        /// What a link to it is called below the target address.
        let linkName: String?
        /// The links to it that udev(7) has made on the host.
        var links: [FilePath] = []
    }

    /// The kernel's name, by which messages call it.
    package let name: String
    /// What tells it from another device that may get its numbers.
    let identity: DeviceIdentity
    /// The same as records of 0.1.0 have it.
    let legacyIdentity: DeviceIdentity
    /// The SCSI unit that it is, or is a part of.
    let unit: SCSIUnit?
    /// The block devices through which the host may be using it itself, whichever of its nodes is meant.
    let blockNodes: [FilePath]
    /// The lock that every run takes before it gives the device, or what is a part of it, to a container.
    let lockName: String
    package private(set) var nodes: [Node]
}

extension DeviceNodeSource {
    /// Finds the device that a document means. Returns nil for one that has no nodes.
    package init?(_ device: Device) throws {
        switch device {
        case .scsi(let scsi): try self.init(scsi)
        case .misc(let file): try self.init(file, .character)
        case .storage(let file): try self.init(file, .block)
        default: return nil
        }
    }

    /// The nodes that a document chooses of a SCSI unit.
    package init(_ device: SCSIDevice) throws {
        try self.init(device, SCSIUnits().unit(device.source))
    }

    /// The nodes that a document chooses of a unit, whatever source it names.
    init(_ device: SCSIDevice, _ unit: SCSIUnit) throws {
        let chosen = unit.nodes.filter { device.nodes.contains($0.kind) }
        let missing = device.nodes.kinds.subtracting(chosen.map(\.kind))
        guard device.nodes == .all ? !chosen.isEmpty : missing.isEmpty else {
            let kinds = missing.map(\.rawValue).sorted().joined(separator: ", ")
            throw PassthroughError(
                .noSuchDevice, "\(unit.label) has no node of kind \(kinds)", device: unit.name,
                hint: .words("its driver may not be loaded: sg, st, ch, sd_mod or sr_mod"))
        }
        name = unit.name
        identity = unit.identity
        legacyIdentity = unit.legacyIdentity
        self.unit = unit
        blockNodes = unit.nodes.filter { $0.number.kind == .block }.map(\.path)
        lockName = Self.lockName(unit)
        nodes = chosen.map { Node(path: $0.path, target: $0.path, number: $0.number, linkName: $0.linkName) }
    }

    /// The node of a character or a block device.
    init(_ device: DeviceFile, _ kind: DeviceNumber.Kind) throws {
        self.init(device, try DeviceNodes().node(device.source, kind))
    }

    /// A character or a block device, whatever source a document names.
    init(_ device: DeviceFile, _ node: DeviceNode) {
        name = node.name
        identity = node.identity
        legacyIdentity = node.legacyIdentity
        unit = node.unit
        blockNodes = node.number.kind == .block ? [node.path] : []
        lockName = node.unit.map(Self.lockName) ?? "node-\(node.disk)"
        let target = device.target.map { FilePath($0.description) } ?? Self.target(device.source, node)
        nodes = [Node(path: node.path, target: target, number: node.number, linkName: nil)]
    }
}

extension DeviceNodeSource {
    /// The same, with the links to its nodes that udev(7) has made on the host.
    var withLinks: DeviceNodeSource {
        var copy = self
        for place in nodes.indices {
            copy.nodes[place].links = DeviceNodes().links(to: nodes[place].number).map { FilePath($0.description) }
        }
        return copy
    }

    /// Where a container gets a node for which the document names no place: where the document names it on the host. A USB
    /// device is looked for by its number on the bus, which is in the name of its node and is another each time that the
    /// device is plugged in.
    private static func target(_ source: DevicePath, _ node: DeviceNode) -> FilePath {
        ByteString(source.description).hasPrefix("/dev/bus/usb/") ? node.path : FilePath(source.description)
    }

    /// Texts of which one stands in every record of the device, of one that it is a part of, or of one that had its numbers
    /// before.
    var searchKeys: [String] {
        // What XML writes in another way is not to be found as it is.
        let wholes = [identity, legacyIdentity].map { ByteString($0.withoutPartition).xmlText }
        guard !wholes.contains(where: { $0.utf8.contains(where: "&<>'\"".utf8.contains) }) else {
            return ["<\(NodesKind.tag)"]
        }
        return wholes + nodes.map { "'\($0.number.major):\($0.number.minor)'" }
    }

    /// Whether it is the device of a record, or the one is a part of the other.
    func overlaps(_ record: NodesChange) -> Bool {
        identity.overlaps(record.identity) || legacyIdentity.overlaps(record.identity)
    }

    private static func lockName(_ unit: SCSIUnit) -> String { "scsi-\(unit.address)" }
}

extension SCSIUnit {
    /// The kernel's name of its sg node, else of its first node, else its address.
    fileprivate var name: String { (nodes.first { $0.kind == .generic } ?? nodes.first)?.name ?? address.description }
}

extension SCSINode {
    /// The name that devfs gave such a node: a tape's eight are `mt` and `mtn`, with a letter for the density.
    fileprivate var linkName: String {
        guard kind == .mt else { return kind.rawValue }
        let density = name.last.flatMap { "lma".contains($0) ? String($0) : nil } ?? ""
        return (name.hasPrefix("n") ? "mtn" : "mt") + density
    }
}

extension DeviceNodeSource {
    /// Finds the device of a change that is away, if it is on the host again: under whatever name and numbers, with all the
    /// nodes that it had. Of several that nothing tells apart, the one in its place.
    init?(returned record: NodesChange, as device: Device) throws {
        let identity = record.identity
        let subject: DeviceNodeSource? =
            switch device {
            // One that lacks a node is not back yet.
            case .scsi(let scsi): try Self.unit(identity, record).flatMap { try? DeviceNodeSource(scsi, $0) }
            case .misc(let file):
                try DeviceNodes().node(identity, .character, like: record.name).map { DeviceNodeSource(file, $0) }
            case .storage(let file):
                try DeviceNodes().node(identity, .block, like: record.name).map { DeviceNodeSource(file, $0) }
            default: nil
            }
        // They come one after the other.
        guard let subject, subject.nodes.count >= record.numbers.count else { return nil }
        self = subject
    }

    private static func unit(_ identity: DeviceIdentity, _ record: NodesChange) throws -> SCSIUnit? {
        let all = try SCSIUnits().all()
        var units = all.filter { $0.identity == identity || $0.legacyIdentity == identity }
        if units.isEmpty { units = all.filter { $0.identity.isSameOnOtherPort(as: identity) } }
        return units.count > 1 ? units.first { $0.address == record.address } : units.first
    }
}
