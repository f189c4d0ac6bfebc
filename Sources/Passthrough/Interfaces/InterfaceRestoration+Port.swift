internal import Netlink

// What an interface is to others: a port of a bridge or bond, the ground of VLANs and macvlans.
extension InterfaceRestoration {
    /// Makes it the port that it was.
    func restorePort(on host: borrowing NetlinkSocket) throws {
        guard let saved = snapshot.master, let port = snapshot.link.port else { return }
        guard let master = try find(saved, on: host) else {
            return note(["\(snapshot.link.name): there is no \(port.kind) \(saved.name) any more to which it belonged"])
        }
        if try host.link(index)?.master != master.index { attempt { try host.makePort(index, of: master.index) } }
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

    /// Gives something on top of it back what it lost while the interface was away. It stayed on the host and belongs to
    /// whoever has changed it there since: only what is missing is added.
    func restore(_ child: InterfaceSnapshot, on host: borrowing NetlinkSocket) throws {
        guard let link = try host.link(child.link.index), child.isSameDevice(as: link) else { return }
        // A VLAN follows the address and the MTU of what is below it.
        let changes = LinkDifference(from: link, to: child.link).properties
        for change in changes where change.mtu != nil || change.hardwareAddress != nil {
            attempt { try host.set(change, of: link.index) }
        }
        guard child.link.flags.contains(.up) else { return }
        var change = LinkChanges()
        if link.kind != "vlan" {
            // The move made the interface deaf to the addresses of macvlans, which they tell it when they go up.
            change.flagsOff = .up
            attempt { try host.set(change, of: link.index) }
        }
        (change.flagsOn, change.flagsOff) = (.up, [])
        attempt { try host.set(change, of: link.index) }
        guard let link = try host.link(link.index), link.flags.contains(.up) else { return }
        let restoration = InterfaceRestoration(of: child, as: link.index)
        try restoration.carryOut(link, on: host)
        note(restoration.failures)
    }
}
