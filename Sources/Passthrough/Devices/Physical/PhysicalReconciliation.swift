internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices

// A physical device that leaves the host and returns, and logical devices that come and go while it stays: with a driver, a
// medium, another configuration. What has gone is withdrawn, and what has come is attached like at the beginning.
extension PhysicalChange {
    /// The device, if it is where it was.
    func present() throws -> PhysicalDevice? {
        guard let device = try PhysicalDevices().device(above: directory), device.directory == directory,
            try device.identity == identity
        else { return nil }
        return device
    }

    /// The device that the container is to have now: the same one, in its place or in another port if a serial number tells that
    /// it is the same; whatever is in the port if the document names a port. Returns nil if there is none.
    func current(as hostdev: Hostdev) throws -> PhysicalDevice? {
        if let device = try present() { return device }
        guard case .usb(let usb) = hostdev.device else { return nil }
        switch usb.source {
        case .address: return nil
        case .id:
            let same = try PhysicalDevices().usbDevices().filter { try $0.identity.isSameOnOtherPort(as: identity) }
            return same.count == 1 ? same[0] : nil
        case .port(let port):
            let found = try PhysicalDevices().usbDevices().filter { $0.isIn(port) && $0.role == nil }
            return found.count == 1 ? found[0] : nil
        }
    }

    /// The logical devices of the kinds that the container gets, and does not have.
    func newDevices(
        of device: PhysicalDevice, _ contents: PhysicalContents, _ record: Record
    ) throws -> [LogicalDevice] {
        let host = try NetlinkSocket()
        return try contents.devices.filter { logical in
            guard kinds.contains(logical.kind) else { return false }
            switch logical.content {
            case .radio: return false
            // Sysfs may be that of another network namespace.
            case .interface(let name, let index): return try host.link(index)?.name == LinkName(name)
            case .node: return !members.contains { $0.isNode(logical) }
            }
        }
    }

    func needsReconcile(_ record: Record) throws -> Bool {
        guard let device = try current(as: record.hostdev) else {
            return !isGone || members.contains { !$0.change.isAway }
        }
        guard !isGone, device.directory == directory, device.bus == bus, try device.identity == identity else {
            return true
        }
        let contents = try device.contents()
        return try members.contains { try $0.isStale(contents, record) }
            || !newDevices(of: device, contents, record).isEmpty
    }

    func reconcile(_ work: Reconciliation, _ locks: inout Locks) throws {
        guard try needsReconcile(work.record) else {
            return work.report(try grantLostRules(work, &locks) ? .attached : .unchanged)
        }
        let device = try current(as: work.record.hostdev)
        let contents = try device?.contents()
        try withdrawStale(work, contents)
        guard let device, let contents else {
            guard !isGone else { return work.report(.unchanged) }
            try work.update { $0.isGone = true }
            return work.report(.left)
        }
        work.report(try attachNew(device, contents, work, &locks) || isGone ? .attached : .unchanged)
    }

    func withdraw(_ work: Reconciliation) throws -> [PassthroughError] {
        let device = try current(as: work.record.hostdev)
        return try withdrawStale(work, try device?.contents())
    }

    /// Grants again the rules that the container has lost.
    private func grantLostRules(_ work: Reconciliation, _ locks: inout Locks) throws -> Bool {
        var isAnything = false
        for member in members {
            guard let nodes = member.change as? NodesChange else { continue }
            let own = try work.member(member)
            try nodes.reconcile(own, &locks)
            if !own.outcome.attached.isEmpty { isAnything = true }
        }
        return isAnything
    }

    /// Removes what the container has of logical devices that have gone, the latest first. Returns what could not be removed.
    @discardableResult
    private func withdrawStale(_ work: Reconciliation, _ contents: PhysicalContents?) throws -> [PassthroughError] {
        var failures: [PassthroughError] = []
        for member in members.reversed() where try member.isStale(contents, work.record) {
            let own = try work.member(member)
            if member.change is NodesChange {
                failures += try member.change.withdraw(own)
                try work.update { change in change.members.removeAll { $0.number == member.number } }
            } else {
                failures += try member.leave(own)
            }
        }
        work.report(failures: failures)
        return failures
    }

    /// Attaches logical devices that have come. Each one that cannot be attached is reported, and tried again later. Returns whether
    /// any was attached.
    private func attachNew(
        _ device: PhysicalDevice, _ contents: PhysicalContents, _ work: Reconciliation, _ locks: inout Locks
    ) throws -> Bool {
        let (record, backend) = (work.record, work.backend)
        guard try !backend.isUdevProcessing else {
            throw PassthroughError(.busy, "udev has not finished with \(device)")
        }
        let identity = try device.identity
        let (isNew, state) = (isGone || directory != device.directory, try device.usbState())
        try work.update {
            ($0.bus, $0.directory, $0.identity, $0.isGone) = (device.bus, device.directory, identity, false)
            // What the container has done to it since is not what the host had.
            if isNew { $0.usbState = state }
        }
        let new = try work.physical.newDevices(of: device, contents, record)
        guard !new.isEmpty else { return false }
        let context = AttachContext(try record.container.pinned(), backend)
        let found = try FoundPhysicalDevice(device, contents, kinds, context) { new.contains($0) }
        try locks.take(found.lockNames, for: device.description)
        context.records = try backend.journal.records(
            mentioning: [record.container.network.description] + found.searchKeys
        ).filter { $0.id != record.id }
        try found.refuseTaken(among: context.records, by: context, except: record.id)
        try PhysicalGuards(device: device, contents: PhysicalContents(devices: new), kinds: kinds).check(context)
        var isAnything = false
        for member in found.members {
            do {
                try attach(member, work, context)
                isAnything = true
            } catch {
                work.report(failures: [PassthroughError(restoring: "\(member.device.name) of \(device)", error)])
            }
        }
        return isAnything
    }

    /// Attaches one logical device as a new member. The record says that it is unsettled until all is done.
    private func attach(
        _ member: FoundPhysicalDevice.Member, _ work: Reconciliation, _ context: AttachContext
    ) throws {
        let former = work.physical.members.first { $0.isFormer(of: member.device) }
        var hostdev = member.hostdev
        if case .net(var net) = hostdev.device, let name = (former?.change.interfaces.first)?.containerName {
            net.targetName = .name(try InterfaceName(name))
            hostdev.device = .net(net)
        }
        let number = work.physical.nextNumber
        let id = Member.id(of: work.record.id, number, isInterface: hostdev.isNetwork)
        let found = try hostdev == member.hostdev ? member.found : member.found.with(hostdev, context)
        let plan = try found.plan(hostdev, id: id, context)
        func write(_ change: any DeviceChange, isSettled: Bool) throws {
            try work.update { physical in
                physical.members.removeAll { $0.number == number }
                physical.members.append(
                    Member(
                        number: number, kind: member.device.kind, place: member.device.place, name: member.device.name,
                        change: isSettled ? change.settled : change.unsettled))
            }
        }
        var change = plan.foretold
        try write(change, isSettled: false)
        do {
            if hostdev.isNetwork { try work.backend.pinIfNeeded(context.container.network, for: work.record) }
            for phase in AttachPhase.allCases {
                try plan.apply(phase, id: id, in: context) {
                    change = $0
                    try write($0, isSettled: false)
                }
            }
            try write(change, isSettled: true)
        } catch {
            let failures = try revert(number, work)
            throw PassthroughError(error).with(failedUndo: failures)
        }
        if let former { try work.update { change in change.members.removeAll { $0.number == former.number } } }
        context.container.announce(change.uevents(.add))
    }

    /// Undoes a member that could not be attached.
    private func revert(_ number: Int, _ work: Reconciliation) throws -> [PassthroughError] {
        guard let member = work.physical.members.first(where: { $0.number == number }) else { return [] }
        let reversal = try member.change.revert(try member.record(of: work.record), work.backend)
        if !reversal.isIncomplete {
            try work.update { change in change.members.removeAll { $0.number == number } }
        }
        return reversal.failures
    }
}

extension PhysicalChange.Member {
    /// Whether it is the node of a logical device, as far as its place and number tell.
    fileprivate func isNode(_ logical: LogicalDevice) -> Bool {
        guard let nodes = change as? NodesChange, case .node(let number, _) = logical.content else { return false }
        return place == logical.place && nodes.numbers == [number]
    }

    /// Whether it is the interface that was where a logical device has come.
    fileprivate func isFormer(of logical: LogicalDevice) -> Bool {
        guard case .interface = logical.content, change.isAway else { return false }
        func interface(_ place: String) -> Substring {
            place.split(separator: "/").first?.split(separator: ":").last ?? ""
        }
        return interface(place) == interface(logical.place)
    }

    /// Whether the container has something of it although it has gone, or may have a part of it.
    fileprivate func isStale(_ contents: PhysicalContents?, _ record: Record) throws -> Bool {
        if let nodes = change as? NodesChange {
            guard nodes.presence == .here, let contents, contents.devices.contains(where: isNode) else { return true }
            return try !nodes.numbers.allSatisfy { try DeviceNodes().matches(nodes.identity, $0) }
        }
        guard contents != nil else { return !change.isAway }
        guard let interface = change.interfaces.first else { return false }
        return try interface.hasLeft(try self.record(of: record))
    }

    /// Notes that an interface has gone with its device. One that a killed run had begun to attach again is returned to the host.
    fileprivate func leave(_ work: Reconciliation) throws -> [PassthroughError] {
        let step = Step("withdraw", name, "from \(work.record.container.reference): it has left the host")
        return try work.backend.perform([step], of: work.record.id) {
            var failures: [PassthroughError] = []
            if let interface = change.interfaces.first, try interface.isHalfAttached(work.record) {
                failures = try change.revert(work.record, work.backend).failures
            }
            try work.write(change.unsettled)
            return failures
        }
    }
}

extension FoundDevice {
    /// The same interface with other settings.
    fileprivate func with(_ hostdev: Hostdev, _ context: AttachContext) throws -> any FoundDevice {
        guard case .net(let net) = hostdev.device, let interface = self as? FoundInterface else {
            guard case .net(let net) = hostdev.device, let radio = self as? FoundRadio else { return self }
            return radio.with(net)
        }
        return FoundInterface(device: net, link: interface.link, home: interface.home)
    }
}

extension DeviceChange {
    /// The change of a device of which the container may have a part.
    fileprivate var unsettled: any DeviceChange { settled(false) }
    /// The change of a device that the container has.
    fileprivate var settled: any DeviceChange { settled(true) }

    private func settled(_ isSettled: Bool) -> any DeviceChange {
        switch self {
        case var nodes as NodesChange:
            nodes.presence = isSettled ? .here : .unsettled
            return nodes
        case var interface as InterfaceChange:
            interface.isAway = !isSettled
            return interface
        case var radio as RadioChange:
            radio.interface.isAway = !isSettled
            return radio
        default: return self
        }
    }
}

extension Reconciliation {
    /// The change of the physical device that is reconciled.
    fileprivate var physical: PhysicalChange {
        guard let change = record.change as? PhysicalChange else {
            preconditionFailure("a record of a physical device holds another change")
        }
        return change
    }

    /// Changes what the record says of the physical device.
    fileprivate func update(_ body: (inout PhysicalChange) -> Void) throws {
        var change = physical
        body(&change)
        try write(change)
    }

    /// The reconciliation of one member: what is changed for it is written into this record.
    fileprivate func member(_ member: PhysicalChange.Member) throws -> Reconciliation {
        Reconciliation(try member.record(of: record), backend) { [self] own in
            try update { change in
                guard let place = change.members.firstIndex(where: { $0.number == member.number }) else { return }
                change.members[place].change = own.change
            }
        } takeOver: { [self] directory in
            var change = physical
            for place in change.members.indices where change.members[place].number != member.number {
                guard let taken = change.members[place].change.takingOver(directory) else { continue }
                change.members[place].change = taken
                try write(change)
                return true
            }
            return false
        }
    }
}
