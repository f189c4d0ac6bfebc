internal import HostdevModel
internal import LinuxSystem
internal import Netlink

/// An interface as it was on the host: what a return restores.
struct InterfaceSnapshot {
    var link: Link
    var configuration: LinkConfiguration
    /// The bridge, bond or other master of which it is a port.
    let master: Link?
    /// Its VLANs as a bridge's port.
    let vlans: BridgePortVLANs?
    /// The VLANs, macvlans and the like on top of it, which stay where they are: on the host, or in other network namespaces.
    let upperLinks: [InterfaceSnapshot]
    /// The network namespace in which it is; nil for the host's.
    let namespace: FileIdentity?
    /// Whether those on top of it were looked for in all network namespaces: the first releases looked on the host only.
    let knowsUpperLinks: Bool
    /// Settings that the kernel says in files only.
    let settings: [InterfaceChange.Setting]
    /// What ethtool(8) sets.
    let driverSettings: [EthtoolRecord]
    /// What of that could not be read.
    let unreadDriverSettings: [String]
    /// When this was, in milliseconds after boot: lifetimes in the configuration count from then.
    let time: Int64

    /// Reads all of it through a socket on the host, on a thread that is there. Global IPv6 addresses go when the
    /// interface goes down, so this comes before anything else.
    ///
    /// - Parameters:
    ///   - namespace: the socket's, where that is not the host's: then the thread is there.
    ///   - moves: whether it is to leave, else it sits on one that is.
    init(
        of link: Link, on host: borrowing NetlinkSocket, uppers: UpperLinks, in namespace: FileIdentity? = nil,
        moves: Bool = true
    ) throws {
        self.link = link
        self.namespace = namespace
        knowsUpperLinks = true
        time = millisecondsSinceBoot()
        configuration = try host.configuration(of: link.index)
        settings = try SysctlSettings(of: link).read()
        var unread: [String] = []
        driverSettings =
            try moves
            ? EthtoolSocket()?.settings(of: link.index) { name, error in
                unread.append("its \(name), which could not be read: \(error.code)")
            } ?? [] : []
        unreadDriverSettings = unread
        master = try link.master.flatMap { try host.link($0) }
        vlans = master?.kind == "bridge" ? try host.vlans(ofPort: link.index) : nil
        upperLinks = try uppers.on(link.index, in: namespace).compactMap { upper in
            guard let place = upper.place, place.id != namespace else {
                return try InterfaceSnapshot(of: upper.link, on: host, uppers: uppers, in: namespace, moves: false)
            }
            return try place.visit { socket in
                try InterfaceSnapshot(of: upper.link, on: socket, uppers: uppers, in: place.id, moves: false)
            } ?? InterfaceSnapshot(onlyNumberOf: upper.link, in: place.id)
        }
    }

    /// The same for an interface that is the same piece of hardware, and was made anew under another number.
    func renumbered(to index: Int32) -> InterfaceSnapshot {
        var copy = self
        copy.link = link.renumbered(to: index)
        copy.configuration.routes = configuration.routes.map { $0.moved(from: link.index, to: index) }
        copy.configuration.nextHops = configuration.nextHops.map { $0.moved(from: link.index, to: index) }
        return copy
    }

    /// All that can be known of one in a network namespace to which nothing leads.
    init(onlyNumberOf link: Link, in namespace: FileIdentity) {
        self.link = link
        self.namespace = namespace
        knowsUpperLinks = true
        time = millisecondsSinceBoot()
        configuration = LinkConfiguration()
        settings = []
        driverSettings = []
        unreadDriverSettings = []
        master = nil
        vlans = nil
        upperLinks = []
    }

    /// Whether an interface is the same piece of hardware, or the same virtual one: by what nobody
    /// can set.
    func isSameDevice(as other: Link) -> Bool {
        link.kind == other.kind && link.permanentAddress == other.permanentAddress
            && link.parentDevice == other.parentDevice
    }

    /// What will not be restored when the interface has returned.
    var unrestorable: [String] {
        configuration.traffic.unrestorable + unreadDriverSettings + lostHops + lostPortSettings + lostUpperLinks
    }

    private var lostHops: [String] {
        configuration.nextHops.filter { !$0.isExact }.map { "\($0), which has a state of its own" }
    }

    /// What it is, how it is called, and where it is if that is not the host: for people.
    func fullName(_ names: NetworkNamespaceNames) -> String {
        let name = "\(link.kind ?? "interface") \(link.name)"
        return namespace.map { "\(name) in \(names[$0])" } ?? name
    }

    private var lostPortSettings: [String] {
        guard let master, let port = link.port else { return [] }
        switch port.kind {
        case "bridge", "bond", "vrf": return []
        case "team": return ["the options that team \(master.name) has for it"]
        default: return ["its place in \(port.kind) \(master.name)"]
        }
    }

    private var lostUpperLinks: [String] {
        let names = NetworkNamespaceNames()
        return upperLinks.flatMap { upper -> [String] in
            upper.link.isDeletedWhenLowerMoves
                ? ["\(upper.fullName(names)), for good: the kernel deletes it when \(link.name) leaves"]
                : (upper.lostHops + upper.lostUpperLinks).map { "\(upper.fullName(names)): \($0)" }
        }
    }
}

extension InterfaceSnapshot {
    /// The snapshot that a record holds.
    ///
    /// - Parameter home: the host's network namespace, for what sits on the record's interface.
    init(_ change: InterfaceChange, in home: FileIdentity? = nil) throws {
        guard let link = change.link else { throw PassthroughError(.internal, "a record holds no interface") }
        var configuration = LinkConfiguration()
        var master: Link?
        var vlans: BridgePortVLANs?
        var driverSettings: [EthtoolRecord] = []
        for message in change.messages {
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
        settings = change.settings
        self.driverSettings = driverSettings
        unreadDriverSettings = []
        time = change.lookedAt
        self.master = master
        self.vlans = vlans
        upperLinks = try change.upperLinks.map { try InterfaceSnapshot($0, in: home ?? change.home) }
        namespace = home == nil || home == change.home ? nil : change.home
        knowsUpperLinks = change.knowsUpperLinks
    }

    /// The snapshot as a record holds it. `home` is the host's network namespace.
    func change(containerIndex: Int32, containerName: LinkName, home: FileIdentity) -> InterfaceChange {
        var change = InterfaceChange(
            containerIndex: containerIndex, containerName: containerName.description, home: namespace ?? home,
            lookedAt: time, messages: messages, settings: settings,
            upperLinks: upperLinks.map {
                $0.change(containerIndex: $0.link.index, containerName: $0.link.name, home: home)
            })
        change.knowsUpperLinks = knowsUpperLinks
        return change
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
