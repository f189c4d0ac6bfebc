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
    /// The VLANs, macvlans and the like on top of it, which stay on the host.
    let children: [InterfaceSnapshot]
    /// Settings that the kernel says in files only.
    let settings: [InterfaceRecord.Setting]
    /// When this was, in milliseconds after boot: lifetimes in the configuration count from then.
    let time: Int64

    /// Reads all of it through a socket on the host, on a thread that is there. Global IPv6 addresses go when the
    /// interface goes down, so this comes before anything else. `stacked` are the host's interfaces that sit on others.
    init(of link: Link, on host: borrowing NetlinkSocket, stacked: [Link]) throws {
        self.link = link
        time = millisecondsSinceBoot()
        configuration = try host.configuration(of: link.index)
        settings = SettingFiles(of: link.name).read()
        master = try link.master.flatMap { try host.link($0) }
        vlans = master?.kind == "bridge" ? try host.vlans(ofPort: link.index) : nil
        children = try stacked.filter { $0.isChild(of: link.index) }.map {
            try InterfaceSnapshot(of: $0, on: host, stacked: stacked)
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

    private var portLosses: [String] {
        guard let master, let port = link.port else { return [] }
        switch port.kind {
        case "bridge", "bond", "vrf": return []
        case "team": return ["the options that team \(master.name) has for it"]
        default: return ["its place in \(port.kind) \(master.name)"]
        }
    }

    private var childLosses: [String] {
        children.flatMap { child -> [String] in
            let name = "\(child.link.kind ?? "interface") \(child.link.name)"
            // The kernel deletes it when the interface leaves (net/macsec.c).
            return child.link.kind == "macsec" ? ["\(name), for good"] : child.losses.map { "\(name): \($0)" }
        }
    }
}
