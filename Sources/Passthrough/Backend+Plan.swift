internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices

// What an attach will do, worked out before it changes anything.
extension Backend {
    /// The records that a plan has to know: what the container has, and who has nodes of the devices. An interface that is
    /// on the host is in no other container.
    func records(about found: [FoundDevice], in container: ContainerIdentity) throws -> [Record] {
        let entries = try journal.entries(
            mentioning: [container.network.description] + found.compactMap(\.nodes).flatMap(\.signs))
        for record in entries.unreadable { setAside(record) }
        if !force { try refuse(found, heldBy: entries.unreadable) }
        return entries.records
    }

    /// A record that cannot be read and mentions a device may be of a container that has it.
    private func refuse(_ found: [FoundDevice], heldBy unreadable: [UnreadableRecord]) throws {
        guard !unreadable.isEmpty else { return }
        for device in found.compactMap(\.nodes) {
            guard let record = unreadable.first(where: { $0.mentions(device.signs) }) else { continue }
            throw PassthroughError(
                .inUse, "\(device.name) may be in a container: \(record)", device: device.name,
                hint: "\(record.remedy); or use --force")
        }
    }

    /// Looks at everything before anything is changed.
    func plan(
        _ hostdevs: [Hostdev], _ found: [FoundDevice], among records: [Record],
        _ work: borrowing Workplace, _ container: ContainerIdentity
    ) throws -> [DevicePlan] {
        let present = records.filter { $0.isOf(container) }
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
                var plan = try work.interfaces.plan(device, link: link, taken: names, force: force)
                plan.shownFolders = try foldersToShow(
                    for: link.name.description, in: work.container.reference, beside: present)
                names.insert(plan.containerName)
                plans.append(DevicePlan(id: id, hostdev: hostdev, kind: .interface(plan)))
            case .radio(let device, let link, let wireless):
                let plan = try work.interfaces.plan(device, link: link, wireless, taken: names, force: force)
                names.formUnion(plan.containerNames)
                plans.append(DevicePlan(id: id, hostdev: hostdev, kind: .radio(plan)))
            case .nodes(let request, let subject):
                try refuse(request, subject, taken: records, by: container)
                let plan = try NodesPlan(
                    request, subject, container: work.container, rules: rules(for: work.container.reference), id: id)
                plans.append(DevicePlan(id: id, hostdev: hostdev, kind: .nodes(plan)))
            }
        }
        return plans
    }

    /// A device is one container's, unless all who have it share it.
    func refuse(
        _ request: NodesRequest, _ subject: NodesSubject, taken records: [Record],
        by container: ContainerIdentity
    ) throws {
        for record in records {
            guard case .nodes(let nodes) = record.change, subject.overlaps(nodes),
                let other = NodesRequest(record.hostdev.device)
            else { continue }
            let here = record.isOf(container)
            if here || !(request.isShareable && other.isShareable) {
                var error = Self.taken(record, by: container)
                if !here { error.hint = "detach it from there first, or make it <shareable/> in both" }
                throw error
            }
        }
        if !request.isShareable { try refuseClaimed(subject) }
    }

    /// Refuses a disk that the host uses itself, unless `force`.
    func refuseClaimed(_ subject: NodesSubject) throws {
        guard !force else { return }
        for path in subject.blockNodes where try isBlockDeviceInUse(path) {
            throw PassthroughError(
                .inUse, "the host uses \(path) itself: it is mounted, swap, or a part of another device",
                device: subject.name, hint: "end that, or use --force")
        }
    }
}
