internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// What attaching an interface will do, worked out before anything is changed.
struct InterfacePlan: DevicePlan {
    /// The sockets on the host and in the container.
    let sockets: InterfaceSockets
    /// What the document asks for.
    let device: NetDevice
    /// The interface on the host, and all that it carries there.
    let snapshot: InterfaceSnapshot
    /// The interface as it is: another than in the snapshot only where it was made anew since.
    let present: Link
    /// Its number in the container: free when this was worked out.
    var containerIndex: Int32
    /// The directories of sysfs that the container has to be shown for it.
    var sysfsDirectories: [String] = []
    /// Its name in the container: free when this was worked out.
    let containerName: LinkName
    /// Addresses and routes that it takes along.
    let inherited: LinkConfiguration
    /// The network namespaces in which nobody could look for what sits on it.
    let unseen: [String]

    var name: String { snapshot.link.name.description }

    var foretold: any DeviceChange { change }

    /// What a record has to hold before the first change.
    var change: InterfaceChange {
        var change = snapshot.change(
            containerIndex: containerIndex, containerName: containerName, home: sockets.home)
        change.sysfsDirectories = sysfsDirectories
        return change
    }

    var steps: [Step] {
        var steps = [Step("move", name, "into the container as \(containerName)")]
        if !linkChanges.description.isEmpty { steps.append(Step("set-link", name, linkChanges.description)) }
        for address in inherited.addresses { steps.append(Step("add-address", name, address.description)) }
        for address in device.addresses { steps.append(Step("add-address", name, address.description)) }
        for route in inherited.routes { steps.append(Step("add-route", name, route.description)) }
        for route in device.routes { steps.append(Step("add-route", name, route.description)) }
        return steps
    }

    /// What will not be restored. What could not be inspected may be lost too.
    var unrestorable: [Unrestorable] {
        let places = unseen.map {
            "what sits on it in a network namespace that could not be looked into (\($0)), if anything"
        }
        return (snapshot.unrestorable + places).map { Unrestorable(name, $0) }
    }

    /// What is set on the interface inside, in one request. It arrives down.
    var linkChanges: LinkChanges {
        var changes = LinkChanges()
        let saved = snapshot.link
        changes.hardwareAddress = device.mac?.bytes ?? (saved.ownAddress == present.ownAddress ? nil : saved.ownAddress)
        changes.mtu = device.mtu?.value ?? (saved.mtu == present.mtu ? nil : saved.mtu)
        if device.linkState == .up { changes.flagsOn = .up }
        return changes
    }
}

extension InterfacePlan {
    /// Works out a plan for an interface of the host. All that can be known before the first change is found out here, and
    /// what cannot work is refused.
    ///
    /// - Parameters:
    ///   - saved: what the interface is to be again when it returns, if that is not what it is now.
    ///   - movesWithRadio: whether the interface is not moved itself, but with its radio.
    ///   - reserved: the names that other devices of the same document will have in the container.
    ///   - backend: says whether guards are overridden, and what they are to keep.
    init(
        _ device: NetDevice, link: Link, as saved: InterfaceSnapshot? = nil, movesWithRadio: Bool = false,
        on sockets: InterfaceSockets, reserved: Set<LinkName>, _ backend: Backend
    ) throws {
        let name = link.name.description
        let uppers = try sockets.uppers
        if try !movesWithRadio && sockets.host.isNetnsImmutable(link, for: sockets.container) { throw link.immovable }
        let now = try InterfaceSnapshot(of: link, on: sockets.host, uppers: uppers)
        if !backend.force {
            try InterfaceGuards(snapshot: now, uppers: uppers, sshConnection: backend.sshConnection).check(
                on: sockets.host)
        }
        let snapshot = saved ?? now
        try device.requirePossible(for: link)
        self.sockets = sockets
        self.device = device
        self.snapshot = snapshot
        present = link
        containerName = try Self.containerName(device.targetName, of: link, inside: sockets.inside, reserved: reserved)
        for name in [containerName] + link.alternativeNames {
            guard let other = try sockets.inside.link(named: name) else { continue }
            throw PassthroughError(
                .nameTaken, "the container has an interface \(other.name) already, which answers to \(name)",
                device: link.name.description, hint: Hint(.changeTargetName))
        }
        guard !reserved.contains(containerName) else {
            throw PassthroughError(
                .nameTaken, "both devices map to \(containerName)", device: name)
        }
        containerIndex = try Self.freeIndex(near: link.index, inside: sockets.inside)
        inherited = Self.inherited(device, snapshot)
        unseen = uppers.unseen.map(\.description)
    }

    private static func containerName(
        _ target: TargetName, of link: Link, inside: borrowing NetlinkSocket, reserved: Set<LinkName>
    ) throws -> LinkName {
        switch target {
        case .sameAsHost: return link.name
        case .name(let name): return LinkName(bytes: name.bytes)
        case .pattern(let pattern):
            // The kernel would take a pattern too, but not tell which name it chose.
            for number in UInt32(0)..<10_000 {
                guard let name = try? pattern.name(number) else { break }
                let candidate = LinkName(bytes: name.bytes)
                if !reserved.contains(candidate), try inside.link(named: candidate) == nil { return candidate }
            }
            throw PassthroughError(.nameTaken, "no name \(pattern) is free in the container")
        }
    }

    /// A number that is free in the container, the host's own if possible. It is asked for in the move, so that the
    /// interface can be told from others inside by its number alone, whatever the container renames.
    private static func freeIndex(near index: Int32, inside: borrowing NetlinkSocket) throws -> Int32 {
        var candidate = index
        while try inside.link(candidate) != nil { candidate = .random(in: 1_000_000...Int32.max) }
        return candidate
    }

    static func inherited(_ device: NetDevice, _ snapshot: InterfaceSnapshot) -> LinkConfiguration {
        let saved = snapshot.configuration
        return LinkConfiguration(
            addresses: device.inheritsAddresses
                ? saved.addresses.filter(\.isInheritable).map(\.withoutLabel) : [],
            routes: device.inheritsRoutes ? saved.routes.filter { !$0.isKernels } : [])
    }
}

extension AddressRecord {
    /// Whether a container gets it that inherits the interface's addresses: global, and without a lifetime.
    var isInheritable: Bool { isPermanent && scope == 0 }
}

// The changes, in the only order that the kernel allows. On any failure the interface may be anywhere between: the caller
// returns it to the host.
extension InterfacePlan {
    func apply(
        _ phase: AttachPhase, id: String, in context: AttachContext, record: (any DeviceChange) throws -> Void
    ) throws {
        switch phase {
        case .move: try move(id, context.backend)
        case .configure:
            try setUp(id, context.backend)
            try context.backend.show(sysfsDirectories, to: context.container.reference, for: id)
        }
    }

    func adopt(
        id: String, in context: AttachContext, mismatch: (String) -> PassthroughError,
        record: (any DeviceChange) throws -> Void
    ) throws {
        guard let link = try sockets.inside.link(named: containerName), snapshot.isSameDevice(as: link) else {
            throw mismatch("\(name) is not in the container")
        }
        // Which number it gets, only the kernel call of the other program knew.
        var moved = self
        moved.containerIndex = link.index
        try record(moved.change)
        try moved.apply(.configure, id: id, in: context, record: record)
    }

    func isUntouched(in context: AttachContext) -> Bool {
        guard let link = try? sockets.host.link(snapshot.link.index) else { return false }
        return snapshot.isSameDevice(as: link) && link.flags.contains(.up) == snapshot.link.flags.contains(.up)
    }

    /// Moves the interface, and nothing else: the kernel waits for a grace period in every move, and whoever comes back
    /// with the next at once does not wait for the end of another one first.
    func move(_ id: String, _ backend: Backend) throws {
        stopPoint()
        try backend.perform(steps.prefix(1), of: id) {
            try sockets.host.move(snapshot.link.index, to: sockets.container, as: containerIndex, named: containerName)
        }
        stopPoint()
    }

    /// Sets the interface up inside, after it has been moved.
    func setUp(_ id: String, _ backend: Backend) throws {
        try verify()
        var rest = steps.dropFirst()
        /// Does what the next of the steps say.
        func perform(_ count: Int = 1, _ change: () throws -> Void) throws {
            try backend.perform(rest.prefix(count), of: id, change)
            rest = rest.dropFirst(count)
        }
        try perform(linkChanges.description.isEmpty ? 0 : 1) {
            try sockets.inside.set(linkChanges, of: containerIndex)
        }
        stopPoint()
        for address in inherited.addresses {
            try perform { try sockets.inside.restore(address, on: containerIndex, verified: false) }
        }
        for address in device.addresses {
            try perform {
                try sockets.inside.addAddress(
                    address.address.address.bytes, prefixLength: address.address.length, peer: address.peer?.bytes,
                    to: containerIndex)
            }
        }
        stopPoint()
        try perform(inherited.routes.count) {
            let refused = sockets.inside.restoreRoutes(inherited.routes, from: snapshot.link.index, to: containerIndex)
            if let failure = refused.first { throw failure }
        }
        for route in device.routes {
            try perform {
                try sockets.inside.addRoute(
                    to: route.destination.address.bytes, prefixLength: route.destination.length,
                    via: route.gateway?.bytes, metric: route.metric, through: containerIndex)
            }
        }
        stopPoint()
        try verify()
    }

    /// The kernel's answer to a move is not the whole truth: what counts is what is in the container under the number.
    private func verify() throws {
        guard let link = try sockets.inside.link(containerIndex), snapshot.isSameDevice(as: link) else {
            throw PassthroughError(.kernel, "\(snapshot.link.name) is not in the container after its move")
        }
        guard link.name == containerName else {
            throw PassthroughError(.nameTaken, "the container renamed \(containerName) to \(link.name) meanwhile")
        }
    }
}
