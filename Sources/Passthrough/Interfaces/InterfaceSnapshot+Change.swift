internal import HostdevModel
internal import LinuxSystem
internal import Netlink

extension InterfaceSnapshot {
    /// The snapshot in a record.
    ///
    /// - Parameter home: the host's network namespace, for what sits on the record's interface.
    init(_ record: InterfaceChange, in home: FileIdentity? = nil) throws {
        guard let link = record.link else { throw PassthroughError(.internal, "a record holds no interface") }
        var configuration = LinkConfiguration()
        var master: Link?
        var vlans: BridgePortVLANs?
        var driverSettings: [EthtoolRecord] = []
        for message in record.messages {
            let kernel = message.kernel
            switch message.subject {
            case .link, .radio, .wireless: break
            case .master: master = Link(kernel)
            case .vlans: vlans = BridgePortVLANs(kernel)
            case .address: configuration.addresses.append(AddressRecord(kernel))
            case .nexthop: configuration.nextHops.append(NextHopRecord(kernel))
            case .route: configuration.routes.append(RouteRecord(kernel))
            case .neighbour: configuration.neighbours.append(NeighbourRecord(kernel))
            case .ethtool: driverSettings.append(EthtoolRecord(kernel))
            case .qdisc, .tclass, .filter: configuration.traffic.records.append(TrafficRecord(kernel))
            }
        }
        self.link = link
        self.configuration = configuration
        settings = record.settings
        self.driverSettings = driverSettings
        unreadDriverSettings = []
        time = record.lookedAt
        self.master = master
        self.vlans = vlans
        children = try record.children.map { try InterfaceSnapshot($0, in: home ?? record.home) }
        namespace = home == nil || home == record.home ? nil : record.home
        knowsUpperLinks = record.knowsUpperLinks
    }

    /// The form for a record. `home` is the host's network namespace.
    func record(containerIndex: Int32, containerName: LinkName, home: FileIdentity) -> InterfaceChange {
        var record = InterfaceChange(
            containerIndex: containerIndex, containerName: containerName.description, home: namespace ?? home,
            lookedAt: time, messages: messages, settings: settings,
            children: children.map {
                $0.record(containerIndex: $0.link.index, containerName: $0.link.name, home: home)
            })
        record.knowsUpperLinks = knowsUpperLinks
        return record
    }

    private var messages: [InterfaceChange.Message] {
        func message(
            _ subject: InterfaceChange.Message.Subject, _ kernel: KernelMessage, _ about: some CustomStringConvertible
        ) -> InterfaceChange.Message {
            InterfaceChange.Message(subject: subject, kernel: kernel, about: about.description)
        }
        return [message(.link, link.message, link.name)]
            + [master].compactMap(\.self).map { message(.master, $0.message, $0.name) }
            + [vlans].compactMap(\.self).map { message(.vlans, $0.message, link.name) }
            + configuration.addresses.map { message(.address, $0.message, $0) }
            + configuration.nextHops.filter(\.isExact).map { message(.nexthop, $0.message, $0) }
            + configuration.routes.map { message(.route, $0.message, $0) }
            + configuration.neighbours.map { message(.neighbour, $0.message, $0) }
            + driverSettings.map { message(.ethtool, $0.message, $0) }
            + configuration.traffic.records.map { message(InterfaceChange.Message.Subject($0.subject), $0.message, $0) }
    }
}

extension InterfaceChange {
    /// The interface as it was on the host.
    var link: Link? {
        messages.first { $0.subject == .link }.map { Link($0.kernel) }
    }

    /// The same, and the others of its radio.
    var links: [Link] { ([self] + companions).compactMap(\.link) }
}

extension InterfaceChange.Message.Subject {
    fileprivate init(_ subject: TrafficRecord.Subject) {
        self =
            switch subject {
            case .qdisc: .qdisc
            case .tclass: .tclass
            case .filter: .filter
            }
    }
}
