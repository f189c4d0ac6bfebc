public import Containers
internal import DeviceAccess
internal import Glibc
public import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices
internal import SystemPackage

extension Backend {
    /// Attaches devices to a running container, all or none.
    ///
    /// With `dryRun` everything is looked at, nothing is changed, and the steps come back.
    public func attach(
        _ hostdevs: [Hostdev], to reference: ContainerReference, dryRun: Bool = false
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        do {
            try Self.requirePrivilege()
            let container = try Containers.container(reference)
            let identity = container.identity
            var locks = try newLocks()
            try locks.take([identity.lockName], for: "container \(identity.reference)")
            if !dryRun { try settle(&locks) { $0.container.network == identity.network } }
            let work = try Workplace(container, needsSockets: hostdevs.contains(where: \.isInterface))
            let found = try find(hostdevs, work, identity, &locks)
            if !dryRun { try withdrawReplaced(by: found.compactMap(\.nodes), &locks) }
            let plans = try plan(hostdevs, found, work, identity)
            guard !dryRun else { return (Outcome(), plans.flatMap(\.steps)) }
            return (try carryOut(plans, work, identity), [])
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// A device of the host's, by what it is and not by what it is called.
    private enum Found {
        case interface(NetDevice, Link)
        case radio(NetDevice, Link, WirelessInterface)
        case nodes(NodesRequest, NodesSubject)

        var name: String {
            switch self {
            case .interface(_, let link), .radio(_, let link, _): link.name.description
            case .nodes(_, let subject): subject.name
            }
        }

        var nodes: NodesSubject? { if case .nodes(_, let subject) = self { subject } else { nil } }

        func overlaps(_ other: Found) -> Bool {
            switch (self, other) {
            case (.interface(_, let one), .interface(_, let other)): one.index == other.index
            case (.radio(_, _, let one), .radio(_, _, let other)): one.radio == other.radio
            case (.nodes(_, let one), .nodes(_, let other)): one.identity.overlaps(other.identity)
            default: false
            }
        }
    }

    /// Finds all devices and takes their locks. Another run may have had one until its lock was ours: what was found
    /// before that does not count, so they are looked for again.
    private func find(
        _ hostdevs: [Hostdev], _ work: borrowing Workplace, _ container: ContainerIdentity, _ locks: inout Locks
    ) throws -> [Found] {
        var locked: Set<String> = []
        while true {
            let found = try findUnlocked(hostdevs, work, container, &locks)
            let names = Set(found.map(\.lockName))
            try refuseDuplicates(found.map(\.device))
            if names == locked { return found.map(\.device) }
            try locks.take(names, for: hostdevs.map(\.description).joined(separator: ", "))
            locked = names
        }
    }

    /// Two ways to name one device, which only looking at the host finds out.
    private func refuseDuplicates(_ found: [Found]) throws {
        for (index, one) in found.enumerated() {
            for other in found[..<index] where one.overlaps(other) {
                throw PassthroughError(
                    .invalidDocument,
                    "two devices of the document are one and the same, or on one radio, which moves as a whole",
                    device: one.name)
            }
        }
    }

    private func findUnlocked(
        _ hostdevs: [Hostdev], _ work: borrowing Workplace, _ container: ContainerIdentity, _ locks: inout Locks
    ) throws -> [(device: Found, lockName: String)] {
        var found: [(device: Found, lockName: String)] = []
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
                    throw PassthroughError(
                        .notSupported, "\(hostdev) cannot be given to a container", device: "\(hostdev)")
                }
                found.append((.nodes(request, subject), subject.lockName))
            }
        }
        return found
    }

    private func subject(_ device: Device) throws -> NodesSubject? {
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
        if let link = try work.interfaces.find(device.source) { return link }
        let isSame = { (record: AttachmentRecord) in
            record.hostdev.device.source == hostdev.device.source || record.hostNames.contains(device.source.text)
        }
        try settle(&locks, where: isSame)
        if let link = try work.interfaces.find(device.source) { return link }
        if let holder = try journal.records().first(where: isSame) { throw Self.taken(holder, by: container) }
        throw PassthroughError(
            .noSuchDevice, "the host has no interface \(device.source.text)", device: device.source.text)
    }

    private static func taken(_ record: AttachmentRecord, by container: ContainerIdentity) -> PassthroughError {
        let holder = record.container.reference
        let here = record.container.network == container.network
        return PassthroughError(
            here ? .alreadyAttached : .inUse, "\(record.hostName) is attached to \(holder)", device: record.hostName,
            container: holder, hint: here ? nil : "detach it from there first")
    }

    /// Looks at everything before anything is changed.
    private func plan(
        _ hostdevs: [Hostdev], _ found: [Found], _ work: borrowing Workplace, _ container: ContainerIdentity
    ) throws -> [DevicePlan] {
        // A unit may be anywhere; an interface that is on the host is in no other container.
        let isInterfacesOnly = hostdevs.allSatisfy(\.isInterface)
        let records = try journal.records(mentioning: isInterfacesOnly ? [container.network.text] : nil)
        let present = records.filter { $0.container.network == container.network }
        var aliases = present.compactMap(\.hostdev.alias)
        var names: Set<LinkName> = []
        var plans: [DevicePlan] = []
        for (hostdev, found) in zip(hostdevs, found) {
            if let alias = hostdev.alias {
                guard !aliases.contains(alias) else {
                    throw PassthroughError(.nameTaken, "the container has a device with the alias \(alias) already")
                }
                aliases.append(alias)
            }
            let id = Journal.newID()
            switch found {
            case .interface(let device, let link):
                let plan = try work.interfaces.plan(device, link: link, taken: names, force: force)
                names.insert(plan.containerName)
                plans.append(DevicePlan(id: id, hostdev: hostdev, kind: .interface(plan)))
            case .radio(let device, let link, let wireless):
                let plan = try work.interfaces.plan(device, link: link, wireless, taken: names, force: force)
                names.formUnion(plan.containerNames)
                plans.append(DevicePlan(id: id, hostdev: hostdev, kind: .radio(plan)))
            case .nodes(let request, let subject):
                try refuse(request, subject, taken: records, by: container)
                let plan = try NodesPlan(request, subject, container: work.container, rules: rules, id: id)
                plans.append(DevicePlan(id: id, hostdev: hostdev, kind: .nodes(plan)))
            }
        }
        return plans
    }

    /// A device is one container's, unless all who have it share it.
    func refuse(
        _ request: NodesRequest, _ subject: NodesSubject, taken records: [AttachmentRecord],
        by container: ContainerIdentity
    ) throws {
        for record in records {
            guard case .nodes(let nodes) = record.change, subject.identity.overlaps(DeviceIdentity(nodes.identity)),
                let other = NodesRequest(record.hostdev.device)
            else { continue }
            let here = record.container.network == container.network
            if here || !(request.isShareable && other.isShareable) {
                var error = Self.taken(record, by: container)
                if !here { error.hint = "detach it from there first, or make it <shareable/> in both" }
                throw error
            }
        }
        guard !request.isShareable, !force else { return }
        for path in subject.blockNodes where try isClaimed(path) {
            throw PassthroughError(
                .inUse, "the host uses \(path) itself: it is mounted, swap, or a part of another device",
                device: subject.name, hint: "end that, or use --force")
        }
    }

    /// Changes what the plans say, under one transaction: all of it counts from the moment that ends.
    private func carryOut(
        _ plans: [DevicePlan], _ work: borrowing Workplace, _ container: ContainerIdentity
    ) throws -> Outcome {
        let transaction = Journal.newID()
        var records: [AttachmentRecord] = []
        do {
            try journal.begin(transaction, lock: container.lockName)
            stopPoint()
            for plan in plans {
                let record = AttachmentRecord(
                    id: plan.id, transaction: transaction, since: Int64(time(nil)), container: container,
                    hostdev: plan.hostdev, change: plan.change(home: work.sockets?.home))
                records.append(record)
                try journal.write(record)
                stopPoint()
                if plan.hostdev.isInterface { try pin(work.container.network, for: record) }
                stopPoint()
            }
            whenRecorded()
            try carryOut(plans, &records, work)
            guard work.container.isAlive else {
                throw PassthroughError(.noSuchContainer, "container \(container.reference) ended meanwhile")
            }
            try journal.end(transaction)
        } catch {
            var failures: [String] = []
            for record in records.reversed() { failures += takeBack(record) }
            if failures.isEmpty { try? journal.end(transaction) }
            throw PassthroughError(error).with(failedUndo: failures)
        }
        stopPoint()
        return Outcome(attached: records.map { Attachment($0, isCommitted: true) })
    }

    /// The changes themselves, which the records foretell: all interfaces are moved before the first is set up.
    private func carryOut(
        _ plans: [DevicePlan], _ records: inout [AttachmentRecord], _ work: borrowing Workplace
    ) throws {
        for plan in plans {
            guard case .interface(let interface) = plan.kind else { continue }
            try step(plan) { try work.interfaces.move(interface, observe: observe) }
        }
        for (number, plan) in plans.enumerated() {
            try step(plan) {
                switch plan.kind {
                case .interface(let interface): try work.interfaces.setUp(interface, observe: observe)
                case .radio(let radio):
                    let moved = try work.interfaces.carryOut(radio, observe: observe)
                    records[number].change = .interface(moved.record(home: work.interfaces.home))
                    try journal.write(records[number])
                    stopPoint()
                case .nodes(let nodes):
                    try nodes.carryOut(in: work.container, rules: rules, id: plan.id, observe: observe) { made in
                        records[number].change = .nodes(made)
                        try journal.write(records[number])
                    }
                }
            }
        }
    }

    /// A step about one device: it does not begin when the run is interrupted, and its errors name the device.
    private func step(_ plan: DevicePlan, _ body: () throws -> Void) throws {
        try endIfInterrupted()
        do {
            try body()
        } catch {
            throw PassthroughError(error).about(device: plan.name)
        }
    }

    /// Keeps the container's network namespace, and with it the interface, alive whatever dies: a bind mount of it.
    private func pin(_ network: borrowing Namespace, for record: AttachmentRecord) throws {
        let path = state.namespace(record.id)
        _ = try Descriptor.open(path, .writeOnly, options: [.create], permissions: [.ownerRead])
        try Mount.bind(network.descriptor.file, on: path)
        // A bind mount is a peer of its original, and what is mounted over that would be mounted over this one too.
        try Mount.makePrivate(path)
    }
}
