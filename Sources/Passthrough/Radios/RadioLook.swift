internal import HostdevModel
internal import LinuxSystem
internal import Netlink

// Looking: what cannot work is refused before the first change.
extension RadioPlan {
    /// Works out a plan from that of the interface which the document names.
    init(
        _ interface: InterfacePlan, _ wireless: WirelessInterface, radios: RadioSocket, host: borrowing NetlinkSocket,
        inside: borrowing NetlinkSocket, taken: Set<LinkName>, force: Bool
    ) throws {
        let name = interface.snapshot.link.name
        guard let radio = try radios.radio(wireless.radio) else {
            throw PassthroughError(.noSuchDevice, "the radio of \(name) has gone", device: name.description)
        }
        guard radio.canMove else {
            throw PassthroughError(
                .notSupported,
                "\(name) cannot be moved: the driver of its radio \(radio.name) keeps to one network namespace",
                device: name.description)
        }
        var companions: [Companion] = []
        var others: [WirelessInterface] = []
        for other in try radios.interfaces(of: radio.number) where other.id != wireless.id {
            guard let index = other.index, let link = try host.link(index) else {
                others.append(other)
                continue
            }
            let companion = Companion(
                snapshot: try InterfaceSnapshot(of: link, on: host), wireless: try radios.withPowerSaving(other),
                containerIndex: index)
            try companion.refuse(alongWith: interface, radio, inside: inside, taken: taken)
            if !force, let use = try companion.use(on: host) {
                throw PassthroughError(
                    .inUse, "\(link.name), which is on the same radio \(radio.name) as \(name), \(use)",
                    device: name.description, hint: "with --force it goes along")
            }
            companions.append(companion)
        }
        self.init(
            radio: radio, interface: interface, wireless: try radios.withPowerSaving(wireless), companions: companions,
            others: others)
    }
}

extension RadioPlan.Companion {
    /// What the host uses it for. Nil where it only listens, or does nothing.
    fileprivate func use(on host: borrowing NetlinkSocket) throws -> String? {
        let link = snapshot.link
        if let master = link.master {
            let bridge = try host.link(master)
            return "is a port of \(bridge?.kind ?? "interface") \(bridge?.name.description ?? "\(master)")"
        }
        let addresses = snapshot.configuration.addresses.filter { !$0.isLinkLocal }
        return addresses.first.map { "has the address \($0)" }
    }

    /// A companion keeps its name, so that has to be free in the container: the kernel would give it another one.
    fileprivate func refuse(
        alongWith interface: InterfacePlan, _ radio: Radio, inside: borrowing NetlinkSocket, taken: Set<LinkName>
    ) throws {
        let name = snapshot.link.name
        let why = "\(name) goes along with \(interface.snapshot.link.name), on the same radio \(radio.name)"
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
