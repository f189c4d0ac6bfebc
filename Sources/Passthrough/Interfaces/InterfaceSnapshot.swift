internal import HostdevModel
internal import LinuxSystem
internal import Netlink

/// An interface as it was on the host: what a return has to bring about.
struct InterfaceSnapshot {
    var link: Link
    var configuration: LinkConfiguration
    /// The bridge, bond or other master of which it is a port.
    let master: Link?
    /// Its VLANs as a bridge's port.
    let vlans: PortVLANs?
    /// The VLANs, macvlans and the like on top of it, which stay where they are: on the host, or in other network namespaces.
    let children: [InterfaceSnapshot]
    /// The network namespace in which it is. Nil: the host's.
    let namespace: FileID?
    /// Whether those on top of it were looked for in all network namespaces: the first releases looked on the host only.
    let knowsUpperLinks: Bool
    /// Settings that the kernel says in files only.
    let settings: [InterfaceRecord.Setting]
    /// When this was, in milliseconds after boot: lifetimes in the configuration count from then.
    let time: Int64

    /// Reads all of it through a socket on the host, on a thread that is there. Global IPv6 addresses go when the
    /// interface goes down, so this comes before anything else.
    ///
    /// - Parameter namespace: the socket's, where that is not the host's: then the thread is there.
    init(
        of link: Link, on host: borrowing NetlinkSocket, uppers: UpperLinks, in namespace: FileID? = nil
    ) throws {
        self.link = link
        self.namespace = namespace
        knowsUpperLinks = true
        time = millisecondsSinceBoot()
        configuration = try host.configuration(of: link.index)
        settings = try SettingFiles(of: link.name).read()
        master = try link.master.flatMap { try host.link($0) }
        vlans = master?.kind == "bridge" ? try host.vlans(ofPort: link.index) : nil
        children = try uppers.on(link.index, in: namespace).compactMap { upper in
            guard let place = upper.place, place.id != namespace else {
                return try InterfaceSnapshot(of: upper.link, on: host, uppers: uppers, in: namespace)
            }
            return try place.visit { socket in
                try InterfaceSnapshot(of: upper.link, on: socket, uppers: uppers, in: place.id)
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
    init(onlyNumberOf link: Link, in namespace: FileID) {
        self.link = link
        self.namespace = namespace
        knowsUpperLinks = true
        time = millisecondsSinceBoot()
        configuration = LinkConfiguration()
        settings = []
        master = nil
        vlans = nil
        children = []
    }

    /// Whether another look at an interface shows the same piece of hardware, or the same virtual one: by what nobody
    /// can set.
    func isSameDevice(as other: Link) -> Bool {
        link.kind == other.kind && link.permanentAddress == other.permanentAddress
            && link.parentDevice == other.parentDevice
    }

    /// What will not be there again when the interface has come home.
    var losses: [String] {
        let queues = configuration.queueing.filter { !$0.isExact }.map {
            "qdisc \($0)\($0.hasFilters ? " and its filters" : ", which cannot be read in full")"
        }
        let hops = configuration.nextHops.filter { !$0.isExact }.map { "\($0), which has a state of its own" }
        return queues + hops + portLosses + childLosses
    }

    /// What it is, how it is called, and where it is if that is not the host: for people.
    func fullName(_ names: NetworkNamespaceNames) -> String {
        let name = "\(link.kind ?? "interface") \(link.name)"
        return namespace.map { "\(name) in \(names[$0])" } ?? name
    }

    private var portLosses: [String] {
        guard let master, let port = link.port else { return [] }
        switch port.kind {
        case "bridge", "bond", "vrf": return []
        case "team": return ["the options that team \(master.name) has for it"]
        default: return ["its place in \(port.kind) \(master.name)"]
        }
    }

    private var childLosses: [String] {
        let names = NetworkNamespaceNames()
        return children.flatMap { child -> [String] in
            child.link.endsWithMoveOfLower
                ? ["\(child.fullName(names)), for good: the kernel deletes it when \(link.name) leaves"]
                : child.losses.map { "\(child.fullName(names)): \($0)" }
        }
    }
}
