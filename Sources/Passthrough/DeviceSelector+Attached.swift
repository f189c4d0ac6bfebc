internal import ByteStrings
internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices
internal import SystemPackage

extension DeviceSelector {
    /// What it may mean of what a container has. A name that a device had when it was attached means it as one does that it
    /// has now: whoever uses the one or the other is right, and when they are names of two devices neither is taken.
    ///
    /// - Parameter insideNames: the names that interfaces have in the container now, as far as they are known.
    func choice(
        insideNames: @escaping (Record) throws -> [LinkName]
    ) throws -> Choice<Record> {
        switch self {
        case .all: return Choice({ _ in true })
        case .alias(let name):
            return Choice({ $0.hostdev.alias.map { ByteString($0.description) } == ByteString(name) })
        case .id(let id): return Choice({ ByteString($0.id) == ByteString(id) })
        case .hostdev(let hostdev):
            return Choice(
                { $0.hostdev == hostdev }, { $0.hostdev.device.source == hostdev.device.source },
                { try $0.isOf(hostdev.device) })
        case .net(let text):
            let name = LinkName(text)
            return Choice(
                { record in record.interface.map { $0.links.contains { $0.isCalled(name) } } ?? false },
                { record in
                    guard let interface = record.interface else { return false }
                    return try LinkName(interface.containerName) == name || insideNames(record).contains(name)
                })
        case .scsi(let text):
            let name = ByteString(text)
            return Choice(
                { $0.nodes != nil && $0.hostNames.contains(name) },
                { record in record.nodes != nil && record.targetNames.contains { $0 == name } })
        case .node(let text):
            let name = ByteString(text)
            let number = try ifThere { () throws(SystemError) in try FileStatus.of(FilePath(name)) }?.device
            return Choice(
                { record in
                    record.nodes != nil && (record.hostNames.contains(name) || record.hasNode(of: number))
                },
                { record in record.nodes?.entries.contains { $0.plan.path.byteString == name } ?? false })
        }
    }
}

extension Record {
    /// What was changed for an interface; nil for nodes.
    var interface: InterfaceChange? { if case .interface(let interface) = change { interface } else { nil } }

    /// By what the container finds a unit: the address that was asked for, the nodes.
    fileprivate var targetNames: [ByteString] {
        let address = NodesRequest(hostdev.device)?.targetAddress?.description
        return (nodes?.entries.map(\.plan.path.byteString) ?? []) + (address.map { [ByteString($0)] } ?? [])
    }

    /// Whether it has the device of a number, by whatever path that is reached.
    fileprivate func hasNode(of number: DeviceNumber?) -> Bool {
        guard let nodes, nodes.presence == .here, let number else { return false }
        return nodes.numbers.contains(number)
    }

    /// Whether it is of the device that a document means, by the name there or another one.
    func isOf(_ wanted: Device) throws -> Bool {
        if hostdev.device.source == wanted.source { return true }
        switch (change, wanted) {
        case (.interface(let interface), .net(let net)):
            return try net.source.matches(InterfaceSnapshot(interface).link)
        case (.nodes, .scsi(let scsi)): return hostNames.contains(ByteString(scsi.source.text))
        case (.nodes(let nodes), .misc(let file)), (.nodes(let nodes), .storage(let file)):
            // A unit that is given as one has more nodes than this.
            if case .scsi = hostdev.device { return false }
            let path = FilePath(file.source.description)
            let number = try ifThere { () throws(SystemError) in try FileStatus.of(path) }?.device
            return number.map { nodes.presence == .here && nodes.numbers.contains($0) } ?? false
        default: return false
        }
    }
}

extension Backend {
    /// The devices of a container that are meant, each once. Each selector has to mean one, which several may.
    ///
    /// - Parameter moved: what the container has without a record in the journal.
    /// - Throws: `usage` where one means several, with a list of them; `not-attached` where one means none, unless that
    ///   is no error.
    func select(
        _ selectors: [DeviceSelector], from meant: MeantContainer, and moved: [Record] = [],
        ifAttached: Bool
    ) throws -> [Record] {
        let candidates = try meant.records(in: journal, mayBeGone: ifAttached || !moved.isEmpty) + moved
        var names: [String: [LinkName]] = [:]
        var selected: Set<String> = []
        for selector in selectors {
            let matches = try selector.choice { record in
                if let known = names[record.id] { return known }
                let found = try record.namesInside
                names[record.id] = found
                return found
            }.among(candidates)
            if matches.isEmpty { try refuseUnreadable(selector, meant, ifAttached: ifAttached) }
            if matches.isEmpty, !ifAttached {
                throw PassthroughError(
                    .notAttached, "\(meant.reference) has no \(selector) attached",
                    hint: "hostdev list \(meant.reference) shows what it has")
            }
            guard matches.count < 2 || selector == .all else {
                throw PassthroughError.ambiguous(
                    selector, in: meant.reference.description,
                    try matches.map { try Attachment($0, isCommitted: journal.isCommitted($0)) })
            }
            selected.formUnion(matches.map(\.id))
        }
        return candidates.filter { selected.contains($0.id) }
    }

    /// What cannot be read may be what is meant: then it is not known that it is not attached.
    private func refuseUnreadable(_ selector: DeviceSelector, _ meant: MeantContainer, ifAttached: Bool) throws {
        guard let record = try meant.unreadable(in: journal).first else { return }
        throw PassthroughError(
            ifAttached ? .incompleteUndo : .notAttached,
            "\(meant.reference) has no \(selector) attached that is known, but \(record)", hint: record.remedy)
    }
}

extension Record {
    /// The names that its interface has in the container now: the container may have renamed it. None when that has died: the
    /// name that it was given is known all the same.
    fileprivate var namesInside: [LinkName] {
        get throws {
            guard let interface, let before = interface.link else { return [] }
            switch container.life() {
            case .ended: return []
            case .unknown(let error): throw error
            case .running(let container):
                let link = try NetlinkSocket.open(in: container.network).link(interface.containerIndex)
                guard let link, before.kind == link.kind else { return [] }
                return [link.name] + link.alternativeNames
            }
        }
    }
}
