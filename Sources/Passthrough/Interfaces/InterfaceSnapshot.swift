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
    let vlans: BridgePortVLANs?
    /// The VLANs, macvlans and the like on top of it, which stay where they are: on the host, or in other network namespaces.
    let children: [InterfaceSnapshot]
    /// The network namespace in which it is. Nil: the host's.
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
        settings = try SettingFiles(of: link).read()
        var unread: [String] = []
        driverSettings =
            try moves
            ? EthtoolSocket()?.settings(of: link.index) { name, error in
                unread.append("its \(name), which could not be read: \(error.code)")
            } ?? [] : []
        unreadDriverSettings = unread
        master = try link.master.flatMap { try host.link($0) }
        vlans = master?.kind == "bridge" ? try host.vlans(ofPort: link.index) : nil
        children = try uppers.on(link.index, in: namespace).compactMap { upper in
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
        configuration.traffic.unrestorable + unreadDriverSettings + hopLosses + portLosses + childLosses
    }

    private var hopLosses: [String] {
        configuration.nextHops.filter { !$0.isExact }.map { "\($0), which has a state of its own" }
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
            child.link.isDeletedWhenLowerMoves
                ? ["\(child.fullName(names)), for good: the kernel deletes it when \(link.name) leaves"]
                : (child.hopLosses + child.childLosses).map { "\(child.fullName(names)): \($0)" }
        }
    }
}
