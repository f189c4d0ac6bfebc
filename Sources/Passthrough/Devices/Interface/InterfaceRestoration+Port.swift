internal import HostdevModel
internal import LinuxSystem
internal import Netlink

// What an interface is to others: a port of a bridge or bond, the ground of VLANs and macvlans.
extension InterfaceRestoration {
    /// Makes it the port that it was.
    func restorePort(on host: borrowing NetlinkSocket) throws {
        guard let saved = snapshot.master, let port = snapshot.link.port else { return }
        guard let master = try find(saved, on: host) else {
            return note("there is no \(port.kind) \(saved.name) any more to which it belonged")
        }
        if try host.link(index)?.master != master.index { attempt { try host.setMaster(master.index, of: index) } }
        guard let now = try host.link(index)?.port, now.kind == port.kind else { return }
        for (setting, value) in port.settings.sorted(by: { $0.key < $1.key }) where now.settings[setting] != value {
            attempt { try host.set(setting, to: value, ofPort: index, kind: port.kind) }
        }
        if let vlans = snapshot.vlans { attempt { try host.restore(vlans, on: index) } }
    }

    /// A master by its number, or else by its name, as of one that was made anew.
    private func find(_ master: Link, on host: borrowing NetlinkSocket) throws -> Link? {
        for candidate in [try host.link(master.index), try host.link(named: master.name)] {
            if let candidate, candidate.kind == master.kind { return candidate }
        }
        return nil
    }

    /// Gives what sat on top of it, as a snapshot says, back what it lost while the interface was away, wherever it is.
    func restoreUpperLinks(of snapshot: InterfaceSnapshot, on host: borrowing NetlinkSocket) throws {
        for upper in snapshot.upperLinks where upper.namespace == snapshot.namespace { try restore(upper, on: host) }
        var away = snapshot.upperLinks.filter { $0.namespace != snapshot.namespace && $0.namespace?.isNumber != true }
        guard !away.isEmpty else { return }
        let home = try Namespace.current(.network)
        // Hidden ones too: a container may have ended whose network namespace somebody holds. One that is nowhere has ended,
        // and what was in it.
        try forEachNetworkNamespace(hidden: true) { namespace in
            let id = namespace.identity
            guard away.contains(where: { $0.namespace == id }) else { return false }
            let here = away.filter { $0.namespace == id }
            away.removeAll { $0.namespace == id }
            attempt {
                try namespace.visit {
                    let socket = try NetlinkSocket()
                    for upper in here { try restore(upper, on: socket, below: try socket.nsid(of: home)) }
                }
            }
            return away.isEmpty
        }
    }

    /// The same for one, through a socket where it is; `number` is that by which the interface's own network namespace is known
    /// there.
    ///
    /// The upper link belongs to its owner, who may have changed it since: only what is missing is added, and one that has been
    /// moved on is left where it is.
    private func restore(_ upper: InterfaceSnapshot, on host: borrowing NetlinkSocket, below number: Int32? = nil)
        throws
    {
        guard let link = try host.link(upper.link.index), upper.isSameDevice(as: link),
            link.sits(on: index, inNamespace: number)
        else { return }
        // It follows the MTU of what is below it when that gets smaller, and a VLAN the address.
        let isShrunk = link.mtu < upper.link.mtu
        let changes = LinkDifference(from: link, to: upper.link).properties
        for change in changes
        where (isShrunk && change.mtu != nil) || (change.hardwareAddress != nil && link.kind == "vlan") {
            attempt { try host.set(change, of: link.index) }
        }
        guard upper.link.flags.contains(.up) else { return }
        var states = [upper]
        var change = LinkChanges()
        if link.kind != "vlan" {
            guard link.flags.contains(.up) else { return }
            // It has stayed up, and is what its owner wants it to be; but a small MTU has taken IPv6 away. The move made the
            // interface deaf to the addresses of macvlans, which they tell it when they go up.
            let now = try InterfaceSnapshot(of: link, on: host, uppers: .none, in: upper.namespace, moves: false)
            states = isShrunk ? [now, upper] : [now]
            change.flagsOff = .up
            attempt { try host.set(change, of: link.index) }
        }
        (change.flagsOn, change.flagsOff) = (.up, [])
        attempt { try host.set(change, of: link.index) }
        guard let now = try host.link(link.index), now.flags.contains(.up) else { return }
        for state in states {
            let restoration = InterfaceRestoration(of: state, as: now.index)
            try restoration.restore(now, on: host)
            if state.upperLinks.isEmpty { try restoration.restoreUpperLinks(of: upper, on: host) }
            note(restoration.failures)
        }
    }
}
