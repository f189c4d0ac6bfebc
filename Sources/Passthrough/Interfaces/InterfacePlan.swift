internal import HostdevModel
internal import Netlink

/// What attaching an interface will do, worked out before anything is changed.
struct InterfacePlan {
    /// What the document asks for.
    let device: NetDevice
    /// The interface on the host, and all that it carries there.
    let snapshot: InterfaceSnapshot
    /// The interface as it is: another than in the snapshot only where it was made anew since.
    let present: Link
    /// Its number in the container: free when this was worked out.
    var containerIndex: Int32
    /// The folders of sysfs that the container has to be shown for it.
    var shownFolders: [String] = []
    /// Its name in the container: free when this was worked out.
    let containerName: LinkName
    /// Addresses and routes that it takes along.
    let inherited: LinkConfiguration
    /// The network namespaces in which nobody could look for what sits on it.
    let unseen: [String]

    /// The steps in their order, as people read them.
    var steps: [Step] {
        let name = snapshot.link.name.description
        var steps = [Step("move", name, "into the container as \(containerName)")]
        if !linkChanges.description.isEmpty { steps.append(Step("set-link", name, linkChanges.description)) }
        for address in inherited.addresses { steps.append(Step("add-address", name, address.description)) }
        for address in device.addresses { steps.append(Step("add-address", name, address.description)) }
        for route in inherited.routes { steps.append(Step("add-route", name, route.description)) }
        for route in device.routes { steps.append(Step("add-route", name, route.description)) }
        return steps
    }

    /// What cannot be had back. What nobody could look at may be lost too.
    var losses: [Loss] {
        let places = unseen.map {
            "what sits on it in a network namespace that could not be looked into (\($0)), if anything"
        }
        return (snapshot.losses + places).map { Loss(snapshot.link.name.description, $0) }
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
