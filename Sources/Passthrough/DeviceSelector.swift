internal import ByteStrings
internal import Containers
public import HostdevModel

/// Which of a container's devices is meant: one, but for ``all``.
public enum DeviceSelector: Hashable, Sendable, CustomStringConvertible {
    /// The one that a document describes.
    case hostdev(Hostdev)
    /// An interface, by its name on the host, else by its name in the container.
    case net(String)
    /// A SCSI unit, by the kernel's name, address or wwid that it was attached by or has; else by its address or node in the
    /// container.
    case scsi(String)
    /// A character or block device, by its node on the host, else by its node in the container.
    case node(String)
    /// A USB device, by what it is, by the address that it has or was attached by, or by its port.
    case usb(USBDevice.Source)
    /// A PCI function, by its address.
    case pci(PCIAddress)
    /// Any device, by its alias.
    case alias(String)
    /// Any device, by the id that `list` shows.
    case id(String)
    /// All of them.
    case all

    /// How messages call it.
    public var description: String {
        switch self {
        case .hostdev(let hostdev): "\(hostdev)"
        case .net(let name): "interface \(name)"
        case .scsi(let name): "SCSI device \(name)"
        case .node(let path): "device \(path)"
        case .usb(let source): "USB device \(source)"
        case .pci(let address): "PCI device \(address)"
        case .alias(let name): "device with alias \(name)"
        case .id(let id): "device with id \(id)"
        case .all: "device"
        }
    }
}

extension DeviceSelector {
    /// Whether it may name a logical device.
    fileprivate var isOfLogicalDevice: Bool {
        switch self {
        case .net, .scsi, .node: true
        case .hostdev(let hostdev): WantedPhysicalDevice(hostdev.device) == nil
        case .usb, .pci, .alias, .id, .all: false
        }
    }
}

/// All that a selector may mean, the nearest first. The first meaning that fits anything counts, and has to fit one device
/// alone.
package struct Choice<Candidate> {
    private let meanings: [(Candidate) throws -> Bool]

    package init(_ meanings: ((Candidate) throws -> Bool)...) {
        self.meanings = meanings
    }

    /// What is meant of some candidates; nothing where no meaning fits. Several are ambiguous.
    package func among(_ candidates: [Candidate]) throws -> [Candidate] {
        for meaning in meanings {
            let found = try candidates.filter(meaning)
            if !found.isEmpty { return found }
        }
        return []
    }
}

extension PassthroughError {
    /// The refusal of a selector that means several devices.
    package static func ambiguous(
        _ selector: DeviceSelector, in place: String, _ candidates: [Attachment]
    ) -> PassthroughError {
        var error = PassthroughError(
            .usage, "\(selector) may be any of \(candidates.count) in \(place)", hint: Hint(.selectAttachment))
        error.candidates = candidates
        return error
    }
}

extension DeviceSelector {
    /// What the selector may mean of the devices of a container. The name that a device had when it was attached counts as much
    /// as the one that it has now: if they are the names of two devices, the selector is ambiguous.
    ///
    /// - Parameter containerNames: the names that a record's device has in the container.
    func choice(containerNames: @escaping (Record) throws -> Set<ByteString>) -> Choice<Record> {
        switch self {
        case .all: return Choice({ _ in true })
        case .alias(let name):
            return Choice({ $0.hostdev.alias.map { ByteString($0.description) } == ByteString(name) })
        case .id(let id): return Choice({ ByteString($0.id) == ByteString(id) })
        case .usb(let source):
            return Choice(
                { if case .usb(let usb) = $0.hostdev.device { usb.source == source } else { false } },
                { ($0.change as? PhysicalChange)?.isNamed(by: source) ?? false })
        case .pci(let address): return Choice({ ($0.change as? PhysicalChange)?.isNamed(by: address) ?? false })
        case .hostdev(let hostdev):
            return Choice(
                { $0.hostdev == hostdev }, { $0.hostdev.device.source == hostdev.device.source },
                { try $0.isOf(hostdev.device) })
        case .net(let text), .scsi(let text), .node(let text):
            let name = ByteString(text)
            let isNode = if case .node = self { true } else { false }
            return Choice(
                { [self] record in
                    guard record.change.isKind(of: self) else { return false }
                    return try record.hostNames.contains(name) || (isNode && record.change.isDevice(at: name))
                },
                { [self] record in try record.change.isKind(of: self) && containerNames(record).contains(name) })
        }
    }
}

extension Backend {
    /// The devices of a container that are lookup, each once. Each selector has to mean one, which several may.
    ///
    /// - Parameter moved: what the container has without a record in the journal.
    /// - Throws: `usage` where one means several, with a list of them; `not-attached` where one means none, unless that
    ///   is no error.
    func select(
        _ selectors: [DeviceSelector], from lookup: ContainerLookup, and moved: [Record] = [],
        ifAttached: Bool
    ) throws -> [Record] {
        let candidates = try lookup.records(in: journal, mayBeGone: ifAttached || !moved.isEmpty) + moved
        var names: [String: Set<ByteString>] = [:]
        var selected: Set<String> = []
        for selector in selectors {
            let matches = try selector.choice { record in
                if let known = names[record.id] { return known }
                let found = try record.change.containerNames(of: record)
                names[record.id] = found
                return found
            }.among(candidates)
            if matches.isEmpty {
                try refusePart(selector, among: candidates)
                try refuseUnreadable(selector, lookup, ifAttached: ifAttached)
            }
            if matches.isEmpty, !ifAttached {
                throw PassthroughError(
                    .notAttached, "\(lookup.reference) has no \(selector) attached",
                    hint: Hint(.listAttachments, lookup.reference.description))
            }
            guard matches.count < 2 || selector == .all else {
                throw PassthroughError.ambiguous(
                    selector, in: lookup.reference.description,
                    try matches.map { try Attachment($0, isCommitted: journal.isCommitted($0)) })
            }
            selected.formUnion(matches.map(\.id))
        }
        return candidates.filter { selected.contains($0.id) }
    }

    /// A logical device that came with its physical device goes with that.
    private func refusePart(_ selector: DeviceSelector, among candidates: [Record]) throws {
        for record in candidates {
            guard let physical = record.change as? PhysicalChange else { continue }
            let parts = try physical.members.map { try $0.record(of: record) }
            let choice = selector.choice { try $0.change.containerNames(of: $0) }
            guard selector.isOfLogicalDevice, try !choice.among(parts).isEmpty else { continue }
            throw PassthroughError(
                .usage, "\(selector) is a part of \(record.hostdev), which is attached as a whole",
                device: record.hostName,
                hint: .words("detach that, with --id \(record.id), and give it again with --except"))
        }
    }

    /// What cannot be read may be what is meant: then it is not known that it is not attached.
    private func refuseUnreadable(_ selector: DeviceSelector, _ lookup: ContainerLookup, ifAttached: Bool) throws {
        guard let record = try lookup.unreadable(in: journal).first else { return }
        throw PassthroughError(
            ifAttached ? .incompleteUndo : .notAttached,
            "\(lookup.reference) has no \(selector) attached that is known, but \(record)", hint: Hint(.repairRecord))
    }
}
