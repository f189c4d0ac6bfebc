internal import HostdevModel
internal import LinuxSystem
internal import Netlink

// Looking: what cannot work is refused before the first change.
extension RadioPlan {
    /// The radio of an interface. Throws where its driver does not let it move.
    static func movableRadio(of interface: WirelessInterface, _ radios: RadioSocket) throws -> Radio {
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

    /// Works out a plan from that of the interface which the document names.
    init(
        _ interface: InterfacePlan, _ wireless: WirelessInterface, _ radio: Radio, radios: RadioSocket,
        host: borrowing NetlinkSocket, uppers: UpperLinks, inside: borrowing NetlinkSocket, taken: Set<LinkName>,
        force: Bool
    ) throws {
        var companions: [Companion] = []
        var others: [WirelessInterface] = []
        for other in try radios.interfaces(of: radio.number) where other.id != wireless.id {
            guard let index = other.index, let link = try host.link(index) else {
                others.append(other)
                continue
            }
            let companion = Companion(
                snapshot: try InterfaceSnapshot(of: link, on: host, uppers: uppers),
                wireless: try radios.withPowerSaving(other), containerIndex: index)
            try companion.refuse(alongWith: interface, radio, inside: inside, taken: taken)
            if !force { try companion.checkUse(alongWith: interface, radio, on: host, uppers) }
            companions.append(companion)
        }
        self.init(
            radio: radio, interface: interface, wireless: try radios.withPowerSaving(wireless), companions: companions,
            others: others)
    }
}

extension RadioPlan.Companion {
    /// Refuses to take away by the way what the host uses: all that guards an interface of a document, and addresses, which
    /// in a document are meant to go.
    fileprivate func checkUse(
        alongWith interface: InterfacePlan, _ radio: Radio, on host: borrowing NetlinkSocket, _ uppers: UpperLinks
    ) throws {
        func refusal(_ reason: String, _ hint: String?) -> PassthroughError {
            PassthroughError(
                .inUse, "\(reason), and would go along with \(why(interface, radio))",
                device: interface.snapshot.link.name.description, hint: hint)
        }
        do {
            try InterfaceGuards(snapshot: snapshot, uppers: uppers).check(on: host)
        } catch let error as PassthroughError {
            throw refusal(error.message, error.hint)
        }
        if let address = snapshot.configuration.addresses.first(where: { !$0.isLinkLocal }) {
            throw refusal("\(snapshot.link.name) has the address \(address)", "remove it, or use --force")
        }
    }

    private func why(_ interface: InterfacePlan, _ radio: Radio) -> String {
        "\(interface.snapshot.link.name), on the same radio \(radio.name)"
    }

    /// A companion keeps its name, so that has to be free in the container: the kernel would give it another one.
    fileprivate func refuse(
        alongWith interface: InterfacePlan, _ radio: Radio, inside: borrowing NetlinkSocket, taken: Set<LinkName>
    ) throws {
        let name = snapshot.link.name
        let why = "\(name) goes along with \(why(interface, radio))"
        let device = interface.snapshot.link.name.description
        for name in [name] + snapshot.link.alternativeNames {
            if let other = try inside.link(named: name) {
                throw PassthroughError(
                    .nameTaken,
                    "the container has an interface \(other.name) already, which answers to \(name): \(why)",
                    device: device, hint: "rename \(self.snapshot.link.name) on the host first")
            }
        }
        guard name != interface.containerName, !taken.contains(name) else {
            throw PassthroughError(
                .nameTaken, "two interfaces of the container would be called \(name): \(why)", device: device)
        }
    }
}
