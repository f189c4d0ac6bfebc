internal import ByteStrings
internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

extension DeviceSelector {
    /// What it may mean of a configuration. What that does not have, such as an alias, means nothing there.
    func choice(in container: ContainerReference) -> Choice<ConfiguredEntry> {
        switch self {
        case .all: Choice({ $0.hostdev != nil })
        case .alias: Choice()
        case .usb(let source): Choice({ $0.hostdev?.device.source == .usb(source) })
        case .pci(let address): Choice({ $0.hostdev?.device.source == .pci(address) })
        case .id(let id): Choice({ ByteString($0.id(in: container)) == ByteString(id) })
        case .net(let text): Self.named(text) { $0.isInterface }
        case .scsi(let text), .node(let text): Self.named(text) { $0.node != nil }
        case .hostdev(let hostdev):
            Choice({ $0.hostdev?.device.source == hostdev.device.source }, { try hostdev.isConfigured(by: $0) })
        }
    }

    private static func named(
        _ text: String, where isOfKind: @escaping (ConfiguredEntry) -> Bool
    ) -> Choice<ConfiguredEntry> {
        let name = ByteString(text)
        return Choice(
            { isOfKind($0) && [$0.name, $0.node].contains { $0.map { ByteString($0) } == name } },
            { isOfKind($0) && $0.target.map { ByteString($0) } == name })
    }

    /// The entries that are meant, which are of one device: that may have several, as in two lists, or one for each node.
    ///
    /// - Throws: `usage` where several devices are meant, `invalid-document` for an entry that is not understood, and so is
    ///   nobody's to change.
    func entries(
        among entries: [ConfiguredEntry], of container: ContainerReference, in path: String
    ) throws -> [ConfiguredEntry] {
        let found = try choice(in: container).among(entries)
        if let entry = found.first(where: { $0.hostdev == nil }) {
            throw PassthroughError(
                .invalidDocument, "\(entry.text) in \(entry.place) of \(path) is not understood", device: entry.name,
                hint: .words("take it out there by hand"))
        }
        var devices: Set<[ByteString]> = []
        for entry in found { devices.insert(entry.device) }
        guard devices.count > 1, self != .all, !isOfUnit else { return found }
        throw PassthroughError.ambiguous(
            self, in: path, try found.compactMap { try Attachment($0, of: container) })
    }

    /// Whether it may be one device with several nodes.
    private var isOfUnit: Bool {
        if case .hostdev(let hostdev) = self, case .scsi = hostdev.device { true } else { false }
    }
}

extension ConfiguredEntry {
    /// The device: of interfaces each entry is one.
    fileprivate var device: [ByteString] {
        (node.map { [$0] } ?? [place, key, text]).map { ByteString($0) }
    }
}

extension Hostdev {
    /// Whether an entry is about this device by another name, whatever else the document says of it.
    fileprivate func isConfigured(by entry: ConfiguredEntry) throws -> Bool {
        guard let node = entry.node.map({ ByteString($0) }) else { return false }
        switch device {
        case .scsi(let scsi):
            do {
                return try DeviceNodeSource(scsi).nodes.contains { node == $0.path.byteString }
            } catch {
                guard PassthroughError(error).code == .noSuchDevice else { throw error }
                return false
            }
        case .misc(let file), .storage(let file): return node == ByteString(file.source.description)
        default: return false
        }
    }
}
