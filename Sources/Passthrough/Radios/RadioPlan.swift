internal import HostdevModel
internal import LinuxSystem
internal import Netlink

/// What attaching a Wi-Fi interface will do, worked out before anything is changed: its radio moves, and with it all
/// interfaces of that radio.
struct RadioPlan {
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

    /// What cannot be had back.
    var losses: [Loss] {
        interface.losses
            + companions.flatMap { companion in
                companion.snapshot.losses.map { Loss(companion.snapshot.link.name.description, $0) }
            }
    }

    /// What a record has to hold before the first change.
    func record(home: FileIdentity) -> InterfaceChange {
        var record = interface.snapshot.record(
            containerIndex: interface.containerIndex, containerName: interface.containerName, home: home)
        record.messages.append(
            .init(
                subject: .radio, kernel: KernelMessage(type: 0, bytes: radio.message.bytes),
                about: radio.name.description))
        record.messages += ([wireless] + others).map(\.record)
        record.companions = companions.map { companion in
            var record = companion.snapshot.record(
                containerIndex: companion.containerIndex, containerName: companion.snapshot.link.name, home: home)
            record.messages.append(companion.wireless.record)
            return record
        }
        return record
    }
}

extension WirelessInterface {
    fileprivate var record: InterfaceChange.Message {
        .init(subject: .wireless, kernel: KernelMessage(type: 0, bytes: message.bytes), about: "\(name), \(mode)")
    }
}

extension InterfaceChange {
    /// The radio as it was on the host. Nil for an interface that needs none.
    var radio: Radio? { Radio(messages(.radio)) }

    /// The interface on its radio, and the radio's parts that are no network interfaces.
    var wireless: [WirelessInterface] { messages(.wireless).compactMap(WirelessInterface.init) }

    private func messages(_ subject: Message.Subject) -> [KernelMessage] {
        messages.filter { $0.subject == subject }.map(\.kernel)
    }
}
