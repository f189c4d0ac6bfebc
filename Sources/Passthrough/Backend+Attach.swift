public import Containers
internal import Glibc
public import HostdevModel
internal import LinuxSystem
internal import Netlink
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
            if !dryRun { try settle { $0.container.network == identity.network } }
            let work = try Workplace(container, needsSockets: hostdevs.contains { $0.device.isInterface })
            try lockDevices(hostdevs, work, identity, &locks)
            let plans = try plan(hostdevs, work)
            guard !dryRun else { return (Outcome(), plans.flatMap(\.steps)) }
            return (try carryOut(plans, work, identity), [])
        } catch {
            throw PassthroughError(error).about(container: reference.description)
        }
    }

    /// Takes the locks of all devices, found by what they are and not by what they are called.
    private func lockDevices(
        _ hostdevs: [Hostdev], _ work: borrowing Workplace, _ container: ContainerIdentity, _ locks: inout Locks
    ) throws {
        var names: [String] = []
        for hostdev in hostdevs {
            switch hostdev.device {
            case .net(let device):
                let index = try interface(device, hostdev, work, container, &locks).index
                names.append(InterfaceSockets.lockName(index, hostdev: hostdev))
            default:
                throw PassthroughError(
                    .notSupported, "\(hostdev) cannot be attached to a container", device: "\(hostdev)")
            }
        }
        guard Set(names).count == names.count else {
            throw PassthroughError(.invalidDocument, "two devices of the document are the same one")
        }
        try locks.take(names, for: hostdevs.map(\.description).joined(separator: ", "))
    }

    /// The interface of the host's that a device names. One that is not there may be in a container: then that is the
    /// answer, unless a killed run left it there and it can be had back.
    private func interface(
        _ device: NetDevice, _ hostdev: Hostdev, _ work: borrowing Workplace, _ container: ContainerIdentity,
        _ locks: inout Locks
    ) throws -> Link {
        if let link = try work.interfaceSockets.find(device.source) { return link }
        try settle { $0.hostdev.isSameSource(as: hostdev) }
        if let link = try work.interfaceSockets.find(device.source) { return link }
        if let holder = try journal.records().first(where: { $0.hostdev.isSameSource(as: hostdev) }) {
            throw Self.taken(holder, by: container)
        }
        throw PassthroughError(
            .noSuchDevice, "the host has no interface \(device.sourceText)", device: device.sourceText)
    }

    static func taken(_ record: AttachmentRecord, by container: ContainerIdentity) -> PassthroughError {
        let holder = record.container.reference
        let here = record.container.network == container.network
        return PassthroughError(
            here ? .alreadyAttached : .inUse, "\(record.deviceName) is attached to \(holder)", device: record.deviceName,
            container: holder, hint: here ? nil : "detach it from there first")
    }

    /// Looks at everything before anything is changed.
    private func plan(_ hostdevs: [Hostdev], _ work: borrowing Workplace) throws -> [DevicePlan] {
        let aliases = try journal.records().filter { $0.container.network == work.container.identity.network }
            .compactMap(\.hostdev.alias)
        var names: Set<LinkName> = []
        return try hostdevs.map { hostdev in
            if let alias = hostdev.alias, aliases.contains(alias) {
                throw PassthroughError(.nameTaken, "the container has a device with the alias \(alias) already")
            }
            switch hostdev.device {
            case .net(let device):
                let plan = try work.interfaceSockets.plan(device, taken: names, force: force)
                names.insert(plan.containerName)
                return DevicePlan(hostdev: hostdev, kind: .interface(plan))
            default:
                throw PassthroughError(.notSupported, "\(hostdev) cannot be attached to a container")
            }
        }
    }

    /// Changes what the plans say, under one transaction: it counts as a whole from the moment it ends.
    private func carryOut(
        _ plans: [DevicePlan], _ work: borrowing Workplace, _ container: ContainerIdentity
    ) throws -> Outcome {
        let transaction = Journal.newID()
        var records: [AttachmentRecord] = []
        do {
            try journal.begin(transaction)
            stopPoint()
            for plan in plans {
                let record = AttachmentRecord(
                    id: Journal.newID(), transaction: transaction, since: Int64(time(nil)), container: container,
                    hostdev: plan.hostdev, change: plan.change)
                records.append(record)
                try journal.write(record)
                stopPoint()
                try carryOut(plan, record, work)
            }
            guard work.container.isAlive else {
                throw PassthroughError(.noSuchContainer, "container \(container.reference) ended meanwhile")
            }
            try journal.end(transaction)
        } catch {
            let failures = takeBack(records.reversed())
            if failures.isEmpty { try? journal.end(transaction) }
            throw PassthroughError(error).withFailedUndo(failures)
        }
        stopPoint()
        return Outcome(attached: records.map { Attachment($0, isCommitted: true) })
    }

    private func carryOut(_ plan: DevicePlan, _ record: AttachmentRecord, _ work: borrowing Workplace) throws {
        do {
            switch plan.kind {
            case .interface(let interface):
                try pin(work.container.network, for: record)
                stopPoint()
                try work.interfaceSockets.carryOut(interface, observe: observe)
            }
        } catch {
            throw PassthroughError(error).about(device: plan.name)
        }
    }

    /// Keeps the container's network namespace, and with it the interface, alive whatever dies: a bind mount of it.
    private func pin(_ network: borrowing Namespace, for record: AttachmentRecord) throws {
        let path = state.namespace(record.id)
        _ = try Descriptor.open(path, .writeOnly, options: [.create], permissions: [.ownerRead])
        try Mount.bind(network.descriptor.file, on: path)
    }
}
