internal import HostdevModel
internal import LinuxSystem
internal import Netlink

/// What attaching a Wi-Fi interface will do, worked out before anything is changed: its radio moves, and with it all
/// interfaces of that radio.
struct RadioPlan: DevicePlan {
    let sockets: InterfaceSockets
    let radio: Radio
    /// The interface that the document names, and what it will be.
    var interface: InterfacePlan
    /// The same interface, on its radio.
    let wireless: WirelessInterface
    /// The other interfaces of the radio. They keep their names, and arrive down.
    var companions: [Companion]
    /// The radio's parts that are no network interfaces.
    let others: [WirelessInterface]

    /// An interface that goes along.
    struct Companion {
        let snapshot: InterfaceSnapshot
        let wireless: WirelessInterface
        /// Its number in the container: the one that it has on the host, unless that is taken there.
        var containerIndex: Int32
    }

    /// The name on the host of the interface that the document names.
    var name: String { interface.snapshot.link.name.description }

    /// The names that the container's interfaces will have.
    var containerNames: [LinkName] { [interface.containerName] + companions.map(\.snapshot.link.name) }

    /// The steps in their order, as people read them.
    var steps: [Step] {
        let along = companions.map { companion in
            let name = companion.snapshot.link.name.description
            return Step("move", name, "along with \(self.name), on the same radio \(radio.name); it arrives down")
        }
        return interface.steps.prefix(1) + along + interface.steps.dropFirst()
    }

    var unrestorable: [Unrestorable] {
        interface.unrestorable
            + companions.flatMap { companion in
                companion.snapshot.unrestorable.map { Unrestorable(companion.snapshot.link.name.description, $0) }
            }
    }

    var foretold: any DeviceChange { change }

    /// What a record has to hold before the first change.
    var change: RadioChange {
        var change = RadioChange(interface: interface.change)
        change.interface.messages.append(.init(radio))
        change.interface.messages += ([wireless] + others).map { .init($0) }
        change.companions = companions.map { companion in
            var change = companion.snapshot.change(
                containerIndex: companion.containerIndex, containerName: companion.snapshot.link.name,
                home: sockets.home)
            change.messages.append(.init(companion.wireless))
            return change
        }
        return change
    }
}

extension RadioPlan {
    /// The radio of an interface. Throws where its driver does not let it move.
    private static func movableRadio(of interface: WirelessInterface, _ radios: RadioSocket) throws -> Radio {
        let name = interface.name.description
        guard let radio = try radios.radio(interface.radio) else {
            throw PassthroughError(.noSuchDevice, "the radio of \(name) has gone", device: name)
        }
        guard radio.canMove else {
            throw PassthroughError(
                .notSupported,
                "\(name) cannot be moved: the driver of its radio \(radio.name) keeps to one network namespace",
                device: name)
        }
        return radio
    }

    /// Works out a plan for the interface that the document names, and all others of its radio. What cannot work is refused.
    init(
        _ device: NetDevice, _ link: Link, _ wireless: WirelessInterface, on sockets: InterfaceSockets,
        reserved: Set<LinkName>, _ backend: Backend
    ) throws {
        let radios = try sockets.radios
        let radio = try Self.movableRadio(of: wireless, radios)
        let interface = try InterfacePlan(
            device, link: link, movesWithRadio: true, on: sockets, reserved: reserved, backend)
        let uppers = try sockets.uppers
        var companions: [Companion] = []
        var others: [WirelessInterface] = []
        for other in try radios.interfaces(of: radio.number) where other.id != wireless.id {
            guard let index = other.index, let link = try sockets.host.link(index) else {
                others.append(other)
                continue
            }
            let companion = Companion(
                snapshot: try InterfaceSnapshot(of: link, on: sockets.host, uppers: uppers),
                wireless: try radios.withPowerSaving(other), containerIndex: index)
            try companion.refuse(alongWith: interface, radio, inside: sockets.inside, reserved: reserved)
            if !backend.force { try companion.checkUse(alongWith: interface, radio, sockets, backend) }
            companions.append(companion)
        }
        self.init(
            sockets: sockets, radio: radio, interface: interface, wireless: try radios.withPowerSaving(wireless),
            companions: companions,
            others: others)
    }
}

extension RadioPlan.Companion {
    /// Refuses to take away by the way what the host uses: all that guards an interface of a document, and addresses, which
    /// in a document are meant to go.
    fileprivate func checkUse(
        alongWith interface: InterfacePlan, _ radio: Radio, _ sockets: InterfaceSockets, _ backend: Backend
    ) throws {
        func refusal(_ reason: String, _ hint: Hint?) -> PassthroughError {
            PassthroughError(
                .inUse, "\(reason), and would go along with \(why(interface, radio))",
                device: interface.snapshot.link.name.description, hint: hint)
        }
        do {
            try InterfaceGuards(
                snapshot: snapshot, uppers: sockets.uppers, sshConnection: backend.sshConnection
            ).check(on: sockets.host)
        } catch let error as PassthroughError {
            throw refusal(error.message, error.hint)
        }
        if let address = snapshot.configuration.addresses.first(where: { !$0.isLinkLocal }) {
            throw refusal("\(snapshot.link.name) has the address \(address)", Hint(.removeAddress))
        }
    }

    private func why(_ interface: InterfacePlan, _ radio: Radio) -> String {
        "\(interface.snapshot.link.name), on the same radio \(radio.name)"
    }

    /// A companion keeps its name, so that has to be free in the container: the kernel would give it another one.
    fileprivate func refuse(
        alongWith interface: InterfacePlan, _ radio: Radio, inside: borrowing NetlinkSocket, reserved: Set<LinkName>
    ) throws {
        let name = snapshot.link.name
        let why = "\(name) goes along with \(why(interface, radio))"
        let device = interface.snapshot.link.name.description
        for name in [name] + snapshot.link.alternativeNames {
            if let other = try inside.link(named: name) {
                throw PassthroughError(
                    .nameTaken,
                    "the container has an interface \(other.name) already, which answers to \(name): \(why)",
                    device: device, hint: Hint(.renameOnHost, "\(self.snapshot.link.name)"))
            }
        }
        guard name != interface.containerName, !reserved.contains(name) else {
            throw PassthroughError(
                .nameTaken, "two interfaces of the container would be called \(name): \(why)", device: device)
        }
    }
}

// The move of a radio has no place for names and numbers, so these are found out and set right afterwards.
extension RadioPlan {
    func apply(
        _ phase: AttachPhase, id: String, in context: AttachContext, record: (any DeviceChange) throws -> Void
    ) throws {
        guard phase == .configure else { return }
        try record(try moveAndSetUp(id, context.backend).change)
    }

    func adopt(
        id: String, in context: AttachContext, mismatch: (String) -> PassthroughError,
        record: (any DeviceChange) throws -> Void
    ) throws {
        throw PassthroughError(.notSupported, "no other program moves a radio: \(name)", device: name)
    }

    /// Moves the radio and sets the interface up that the document names. On any failure it may be anywhere between: the
    /// caller brings it home.
    ///
    /// - Returns: the plan with the numbers that the interfaces got in the container.
    private func moveAndSetUp(_ id: String, _ backend: Backend) throws -> RadioPlan {
        stopPoint()
        try backend.perform(steps.prefix(steps.count - interface.steps.count + 1), of: id) {
            try sockets.radios.move(radio, to: sockets.container)
        }
        stopPoint()
        guard let radiosInside = try RadioSocket.open(in: sockets.container) else {
            throw lost(interface.snapshot.link)
        }
        let arrived = try radiosInside.interfaces(of: radio.number)
        var plan = self
        plan.interface.containerIndex = try index(of: wireless, interface.snapshot, among: arrived)
        try rename(plan.interface.containerIndex, to: interface.containerName)
        for (number, companion) in companions.enumerated() {
            let index = try index(of: companion.wireless, companion.snapshot, among: arrived)
            plan.companions[number].containerIndex = index
            try rename(index, to: companion.snapshot.link.name)
        }
        stopPoint()
        try plan.interface.setUp(id, backend)
        return plan
    }

    private func index(
        of wireless: WirelessInterface, _ snapshot: InterfaceSnapshot, among arrived: [WirelessInterface]
    ) throws -> Int32 {
        guard let index = arrived.first(where: { $0.id == wireless.id })?.index else { throw lost(snapshot.link) }
        return index
    }

    /// A name that somebody in the container took meanwhile is refused by the kernel: EEXIST.
    private func rename(_ index: Int32, to name: LinkName) throws {
        guard try sockets.inside.link(index)?.name != name else { return }
        var change = LinkChanges()
        change.name = name
        try sockets.inside.set(change, of: index)
    }

    private func lost(_ link: Link) -> PassthroughError {
        PassthroughError(.kernel, "\(link.name) is not in the container after the move of its radio")
    }
}
