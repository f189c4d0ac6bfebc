internal import ByteStrings
internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import Passthrough

/// What an attach to a running container refuses, refused of a configuration as well: with it the container would not start,
/// or would take from the host at its next start what it is not to have. What is not on the host now is not known, and may be
/// there by then.
struct ConfigurationGuards {
    let backend: Backend
    /// Whose configuration it is.
    let container: any DeviceConfigured

    /// Throws what can be said against a device that is to be added.
    func check(_ entry: ConfiguredEntry, of hostdev: Hostdev, in text: some DeviceConfiguration) throws {
        switch hostdev.device {
        case .net(let device): try check(device, entry, text)
        case .scsi, .misc, .storage: try checkNodes(hostdev)
        default: break
        }
        try backend.refuseAttached(
            hostdev, named: hostdev.isInterface ? entry.name : entry.node ?? entry.name,
            otherThanTo: container.reference)
    }

    private func check(_ device: NetDevice, _ entry: ConfiguredEntry, _ text: some DeviceConfiguration) throws {
        let host = try NetlinkSocket()
        let link = try device.source.find(on: host)
        let isRadio = try link.map { link in
            try link.kind == nil && !link.flags.contains(.loopback) && RadioSocket()?.interface(link.index) != nil
        }
        if let link, isRadio != true {
            // The container's own network namespace may not be there yet: any other one will do.
            let other = try onOwnThread { () throws(SystemError) in
                try unshareNamespaces([.network])
                return try Namespace.current(.network)
            }
            if try host.isNetnsImmutable(link, for: other) { throw link.immovable }
        }
        try device.requirePossible(for: link)
        try refuseNames(entry, link, text.networks, host)
        guard let link else { return }
        do {
            try backend.refuseUsedByHost(link, on: host)
        } catch let error as PassthroughError where error.isPassing {
            // By the next start that is over.
        }
    }

    /// Names are taken by what the container has from its start, and by the loopback interface that every one has; an
    /// interface brings its alternative names along.
    private func refuseNames(
        _ entry: ConfiguredEntry, _ link: Link?, _ networks: [ConfiguredNetwork], _ host: borrowing NetlinkSocket
    ) throws {
        let target = LinkName(entry.target ?? entry.name)
        let brought = [target] + (link?.alternativeNames ?? [])
        if let name = brought.first(where: { $0 == "lo" }) {
            throw PassthroughError(
                .nameTaken, "the container has an interface \(name) already: every container has", device: entry.name,
                hint: Hint(.changeTargetName))
        }
        for network in networks {
            let other = try network.link.flatMap { try host.link(named: LinkName($0)) }
            if let link, let other, other.index == link.index {
                guard !network.isMoved else {
                    throw PassthroughError(
                        .alreadyAttached,
                        "\(container.path) has \(link.name) in \(network.place) already, as \(network.link ?? "")",
                        device: entry.name)
                }
            }
            if !network.isMoved, let used = network.link,
                ByteString(used) == ByteString(entry.name) || other?.index == link?.index && link != nil
            {
                guard backend.force else {
                    throw PassthroughError(
                        .inUse, "\(network.place) of the configuration is made on \(entry.name)", device: entry.name,
                        hint: Hint(.removeEntryOrForce))
                }
            }
            let names =
                [network.name.map { LinkName($0) }].compactMap(\.self)
                + (network.isMoved ? other?.alternativeNames ?? [] : [])
            if let name = brought.first(where: names.contains) {
                throw PassthroughError(
                    .nameTaken, "\(network.place) of the configuration is called \(name) already", device: entry.name,
                    hint: Hint(.changeTargetName))
            }
        }
    }

    private func checkNodes(_ hostdev: Hostdev) throws {
        guard let source = try DeviceNodeSource(hostdev.device), !backend.force else { return }
        try source.refuseUsedByHost()
    }

    /// What a user should know of interfaces that the configurations of other containers have too: whichever starts second
    /// does not find them.
    func claims(_ added: [Attachment]) throws -> [String] {
        let names = added.compactMap { attachment in
            if case .interface(let interface) = attachment.device { interface.hostName } else { nil }
        }
        guard !names.isEmpty else { return [] }
        return try ConfiguredContainers.all().filter { $0.reference != container.reference }.flatMap { other in
            // One that cannot be read is said elsewhere.
            ((try? other.entries()) ?? []).filter { entry in
                entry.isInterface && names.contains { ByteString($0) == ByteString(entry.name) }
            }.map { entry in
                "\(entry.name) is in the configuration of \(other.reference) too: whichever starts second does not find it"
            }
        }
    }
}
