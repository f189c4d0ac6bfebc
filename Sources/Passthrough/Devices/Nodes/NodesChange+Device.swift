internal import ByteStrings
internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices
internal import SystemPackage

extension NodesChange {
    init(_ source: DeviceNodeSource, _ entries: [EntryPlan], _ rules: [RuleChange]) throws {
        try self.init(
            name: source.name, address: source.unit?.address, wwid: source.unit?.wwid,
            identity: source.identity, lock: source.lockName,
            entries: entries.map { Entry(plan: $0, sysfsPlace: try Self.place(of: $0.content)) }, rules: rules)
    }

    private static func place(of content: EntryContent) throws -> SysfsPlace? {
        guard case .node(let number) = content, let place = try DeviceNodes().sysfsPlace(of: number) else { return nil }
        return SysfsPlace(path: place.path, subsystem: place.subsystem, type: place.type)
    }

    /// The numbers of the nodes.
    var numbers: [DeviceNumber] { entries.compactMap(\.number) }
}

extension NodesChange: DeviceChange {
    var hostName: String { name }
    var lockName: String { lock }
    var isInNetworkNamespace: Bool { false }
    var isAway: Bool { presence != .here }

    func listed(as hostdev: Hostdev) -> Attachment.Device { .unit(Attachment.Unit(self, hostdev)) }

    /// The names under which the device was attached.
    private var ownNames: [ByteString] {
        [name, address?.description, wwid].compactMap { $0.map { ByteString($0) } }
    }

    func hostNames(of hostdev: Hostdev) -> Set<ByteString> {
        Set(ownNames + [ByteString(hostdev.device.sourceText)])
    }

    func containerNames(of record: Record) throws -> Set<ByteString> {
        let address = NodeOptions(record.hostdev.device)?.targetAddress?.description
        return Set(entries.map(\.plan.path.byteString) + (address.map { [ByteString($0)] } ?? []))
    }

    func isKind(of selector: DeviceSelector) -> Bool {
        switch selector {
        case .scsi, .node: true
        default: false
        }
    }

    func isDevice(at path: ByteString) throws -> Bool {
        guard presence == .here else { return false }
        let number = try ifThere { () throws(SystemError) in try FileStatus.of(FilePath(path)) }?.device
        return number.map(numbers.contains) ?? false
    }

    func isDevice(_ wanted: Device, attachedAs hostdev: Hostdev) throws -> Bool {
        switch wanted {
        case .scsi(let scsi): return hostNames(of: hostdev).contains(ByteString(scsi.source.description))
        case .misc(let file), .storage(let file):
            // A unit that was attached as one has more nodes than this.
            if case .scsi = hostdev.device { return false }
            return try isDevice(at: ByteString(file.source.description))
        default: return false
        }
    }

    func isNamedNow(_ wanted: Device) -> Bool {
        guard presence == .here else { return false }
        return switch wanted {
        case .scsi(let scsi): ownNames.contains(ByteString(scsi.source.description))
        case .misc(let file), .storage(let file): (try? isDevice(at: ByteString(file.source.description))) ?? false
        default: false
        }
    }

    var openable: OpenableNodes? {
        OpenableNodes(device: name, numbers: Set(numbers), files: Set(entries.flatMap(\.made).map(\.identity)))
    }

    func uevents(_ action: Uevent.Action) -> [Uevent] {
        entries.filter { !$0.made.isEmpty }.compactMap { entry in
            guard let number = entry.number, let place = entry.sysfsPlace else { return nil }
            return Uevent(
                action, device: place.path, subsystem: place.subsystem, type: place.type, node: entry.plan.path.string,
                number: number)
        }
    }

    func takingOver(_ directory: MadeEntry) -> (any DeviceChange)? {
        let prefix = ByteString(directory.path.string + "/")
        guard presence == .here, let index = entries.firstIndex(where: { $0.plan.path.byteString.hasPrefix(prefix) })
        else { return nil }
        var copy = self
        copy.entries[index].made.insert(directory, at: 0)
        return copy
    }

    func check(_ record: Record, in container: borrowing Container, _ differs: ReportDifference) throws {
        guard let files = container.files, let options = NodeOptions(record.hostdev.device) else { return }
        guard presence == .here else {
            let back = try DeviceNodeSource(returned: self, as: record.hostdev.device)
            return differs(
                "device", identity.description, back.map { "back as \($0.name), and not attached again" } ?? "away")
        }
        for (index, entry) in entries.enumerated() {
            if let number = entry.number {
                // Another device may have got the numbers of one that went away.
                if try !DeviceNodes().matches(identity, number) {
                    let now = try DeviceNodes().identity(of: number)
                    let isGone = now == DeviceIdentity(unknown: number)
                    differs(
                        address == nil ? "device" : "unit", identity.description,
                        isGone ? "no such device" : now.description)
                }
                let rule = DeviceRule(number, options.access)
                if try files.groups.permits(rule) == false { differs("rule", rule.description, "denied") }
            }
            guard let made = entry.made.last else { continue }
            let nodes = try ContainerNodes(attachment: record.id, entry: index, in: files)
            switch try nodes.state(of: made, in: files.root) {
            case .inPlace: break
            case .gone, .unfinished: differs("node", entry.plan.path.string, "gone")
            case .replaced(let by): differs("node", entry.plan.path.string, "replaced by \(by)")
            }
        }
    }
}

// Removing nodes: the undo of an attach, a detach, and what recovers either after a kill.
extension NodesChange {
    /// What could not be removed.
    struct Rest {
        /// Why not.
        var failures: [PassthroughError] = []
        /// Directories in which others have something.
        var sharedDirectories: [MadeEntry] = []
        /// Whether something of ours is left that another attempt may remove.
        var isIncomplete = false
    }

    func revert(_ record: Record, _ backend: Backend) throws -> Reversal {
        let rest: Rest
        switch record.container.life(backend.containerPaths) {
        case .running(let container): rest = removeNodes(record, in: container, backend)
        case .ended:
            // It has taken its nodes along. A reference that no engine knows has none to ask.
            rest = revokeRules(backend.rules(for: try? ContainerReference(record.container.reference)))
        case .unknown(let error):
            return Reversal(failures: [PassthroughError(restoring: name, error)], isIncomplete: true)
        }
        guard !rest.isIncomplete else { return Reversal(failures: rest.failures, isIncomplete: true) }
        for directory in rest.sharedDirectories { try backend.transferOwnership(of: directory, from: record) }
        return Reversal(failures: rest.failures)
    }

    /// Removes the rules first, then the nodes, then the links, and tells of it: what is still open stays open, but nothing
    /// new is opened. Goes on after a failure.
    func removeNodes(_ record: Record, in container: borrowing Container, _ backend: Backend) -> Rest {
        var rest = revokeRules(backend.rules(for: container.reference))
        if let files = container.files { removeEntries(record.id, in: files, &rest) }
        container.announce(uevents(.remove))
        return rest
    }

    private func revokeRules(_ deviceRules: DeviceRules) -> Rest {
        var rest = Rest()
        for rule in rules {
            do throws(DeviceAccessError) {
                try deviceRules.revoke(rule)
            } catch {
                rest.failures.append(PassthroughError(error).about(device: name))
                rest.isIncomplete = true
            }
            stopPoint()
        }
        return rest
    }

    private func removeEntries(_ id: String, in files: ContainerFiles, _ rest: inout Rest) {
        // Each in the reverse order of making, in which what shares a directory with others finds it empty at last.
        let last = entries.enumerated().reversed()
        for (index, entry) in last.filter({ $0.element.number != nil }) + last.filter({ $0.element.number == nil }) {
            let nodes: ContainerNodes
            do throws(SystemError) {
                nodes = try ContainerNodes(attachment: id, entry: index, in: files)
            } catch {
                rest.failures.append(PassthroughError(restoring: "remove \(entry.plan)", error).about(device: name))
                rest.isIncomplete = true
                continue
            }
            for left in nodes.remove(entry.plan, made: entry.made, in: files.root) {
                guard left.error.code != .notEmpty else {
                    // Another attachment may have made its links there; or the container something of its own.
                    rest.sharedDirectories += left.made.map { [$0] } ?? []
                    continue
                }
                rest.failures.append(PassthroughError(left.error).about(device: name))
                if left.error.code != .replaced { rest.isIncomplete = true }
            }
            stopPoint()
        }
    }
}

extension Backend {
    /// Leaves a directory that was made for one attachment to another one of the container that has something in it: the
    /// last of them removes it.
    func transferOwnership(of directory: MadeEntry, from record: Record) throws {
        for var other in try journal.records(mentioning: [record.container.network.description])
        where !record.isPart(of: other) && other.container.isSame(as: record.container) {
            guard let change = other.change.takingOver(directory) else { continue }
            other.change = change
            return try journal.write(other)
        }
    }
}
