internal import ByteStrings
internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink

// Which devices of the host a document means.
extension Backend {
    /// Finds all devices and takes their locks. Another run may have had one until its lock was ours: what was found
    /// before that does not count, so they are looked for again.
    func find(
        _ hostdevs: [Hostdev], _ work: borrowing Workplace, _ container: ContainerIdentity, _ locks: inout Locks
    ) throws -> [FoundDevice] {
        var locked: Set<ByteString> = []
        while true {
            let found = try findUnlocked(hostdevs, work, container, &locks)
            let names = Set(found.map { ByteString($0.lockName) })
            try refuseDuplicates(zip(hostdevs, found).map { ($0, $1.device) })
            if names == locked { return found.map(\.device) }
            try locks.take(names.map(\.text), for: hostdevs.map(\.description).joined(separator: ", "))
            locked = names
        }
    }

    /// Two ways to name one device, which only looking at the host finds out.
    private func refuseDuplicates(_ found: [(hostdev: Hostdev, device: FoundDevice)]) throws {
        var groups: [String: [(hostdev: Hostdev, device: FoundDevice)]] = [:]
        for one in found {
            for other in groups[one.device.group, default: []] where one.device.overlaps(other.device) {
                throw PassthroughError(
                    .invalidDocument,
                    "\(other.hostdev) and \(one.hostdev) are one device: \(one.device.whole), which a container gets once",
                    device: one.device.name)
            }
            groups[one.device.group, default: []].append(one)
        }
    }

    private func findUnlocked(
        _ hostdevs: [Hostdev], _ work: borrowing Workplace, _ container: ContainerIdentity, _ locks: inout Locks
    ) throws -> [(device: FoundDevice, lockName: String)] {
        var found: [(device: FoundDevice, lockName: String)] = []
        for hostdev in hostdevs {
            switch hostdev.device {
            case .net(let device):
                let link = try interface(device, hostdev, work, container, &locks)
                if let wireless = try work.interfaces.wireless(link) {
                    found.append((.radio(device, link, wireless), InterfaceSockets.lockName(radio: wireless.radio)))
                    continue
                }
                let lock = InterfaceSockets.lockName(home: work.interfaces.home, index: link.index)
                found.append((.interface(device, link), lock))
            default:
                guard let request = NodesRequest(hostdev.device), let subject = try subject(hostdev.device) else {
                    throw PassthroughError(.internal, "\(hostdev) has no nodes", device: "\(hostdev)")
                }
                found.append((.nodes(request, subject), subject.lockName))
            }
        }
        return found
    }

    /// The nodes of the host's that a device means. Nil for one that has none.
    func subject(_ device: Device) throws -> NodesSubject? {
        switch device {
        case .scsi(let scsi): try NodesSubject(scsi)
        case .misc(let file): try NodesSubject(file, .character)
        case .storage(let file): try NodesSubject(file, .block)
        default: nil
        }
    }

    /// The interface of the host's that a device names. One that is not there may be in a container: then that is the
    /// answer, unless a killed run left it there and it can be had back.
    private func interface(
        _ device: NetDevice, _ hostdev: Hostdev, _ work: borrowing Workplace, _ container: ContainerIdentity,
        _ locks: inout Locks
    ) throws -> Link {
        if let link = try work.interfaces.find(device.source) {
            try refuseAwaited(link, by: container)
            return link
        }
        let isSame = { (record: Record) in
            record.hostdev.device.source == hostdev.device.source
                || record.hostNames.contains(ByteString(device.source.text))
        }
        try settle(&locks, where: isSame)
        if let link = try work.interfaces.find(device.source) { return link }
        if let holder = try journal.records().first(where: isSame) { throw Self.taken(holder, by: container) }
        let unreadable = try journal.entries().unreadable.first
        throw PassthroughError(
            .noSuchDevice, "the host has no interface \(device.source.text)", device: device.source.text,
            hint: unreadable.map { "a container may have it: \($0)" })
    }

    /// An interface that is back with its device is that container's which had it.
    private func refuseAwaited(_ link: Link, by container: ContainerIdentity) throws {
        for record in try journal.records(mentioning: ["away='yes'"]) {
            guard case .interface(let interface) = record.change, try !isUnfinished(record),
                try InterfaceSnapshot(interface).isSameDevice(as: link), try !record.container.hasEnded()
            else { continue }
            throw Self.taken(record, by: container)
        }
    }

    static func taken(_ record: Record, by container: ContainerIdentity) -> PassthroughError {
        let holder = record.container.reference
        let here = record.isOf(container)
        return PassthroughError(
            here ? .alreadyAttached : .inUse, "\(record.hostName) is attached to \(holder)", device: record.hostName,
            container: holder, hint: here ? nil : "detach it from there first")
    }
}
