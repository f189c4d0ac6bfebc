internal import HostdevModel
internal import LinuxSystem
internal import Netlink

/// Making the interfaces of a radio at home what they were. Every step asks first what is there, so that it can be begun
/// again at any point.
final class RadioRestoration {
    private let members: [RadioMember]
    private let wireless: InterfaceRecord.Wireless
    private let radios: RadioSocket

    /// What could not be put back, as messages.
    private(set) var failures: [String] = []

    init(of members: [RadioMember], _ radios: RadioSocket) {
        self.members = members
        self.radios = radios
        wireless = members[0].wireless
    }

    func carryOut(on host: borrowing NetlinkSocket) throws {
        guard let radio = try radios.radio(wireless.radio) else {
            throw PassthroughError(.kernel, "\(wireless.radioName) is not on the host after its move")
        }
        let name = LinkName(wireless.radioName)
        if radio.name != name { attempt(name) { try radios.rename(radio, to: name) } }
        for member in members where try interface(member) == nil {
            try makeAgain(member, on: host)
            stopPoint()
        }
        for member in members {
            try restore(member, on: host)
            stopPoint()
        }
    }

    /// Takes away what came along, because the container made it at the last moment, or the driver did not let go of it.
    /// Parts without a network interface are left alone: they may be new, of a program on the host.
    func sendAwayGuests(on host: borrowing NetlinkSocket) throws {
        for guest in try members.guests(of: radios) {
            guard let index = guest.index else { continue }
            do throws(NetlinkError) {
                try radios.remove(guest)
            } catch {
                let change = LinkChanges.transientName()
                attempt(guest.name) { try host.set(change, of: index) }
                failures.append("an interface that the container made came along, \(change): \(error)")
            }
        }
    }

    /// The interface on its radio. One that was made again, maybe by a run that was killed then, has another number.
    private func interface(_ member: RadioMember) throws -> WirelessInterface? {
        let present = try radios.interfaces(of: wireless.radio)
        return present.first { $0.id == member.wireless.id }
            ?? present.first { members.member($0) == nil && $0.name == member.name }
    }

    /// Makes an interface again that the container removed.
    private func makeAgain(_ member: RadioMember, on host: borrowing NetlinkSocket) throws {
        // mac80211 gives it a permanent address that no other of the radio's has at the time.
        for index in try radios.interfaces(of: wireless.radio).compactMap(\.index) {
            guard let link = try host.link(index), link.hardwareAddress == member.snapshot.link.permanentAddress else {
                continue
            }
            var change = LinkChanges()
            change.hardwareAddress = [0x02] + (1...5).map { _ in .random(in: .min ... .max) }
            try? host.set(change, of: index)
        }
        attempt(member.name) { try radios.add(member.name, member.wireless.mode, to: wireless.radio) }
    }

    /// Makes an interface what it was.
    private func restore(_ member: RadioMember, on host: borrowing NetlinkSocket) throws {
        guard let interface = try interface(member), let index = interface.index else { return }
        if interface.mode != member.wireless.mode {
            attempt(member.name) { try radios.set(member.wireless.mode, of: index) }
            stopPoint()
        }
        // Another of the radio's may have its name, and gets its own next.
        if let holder = try host.link(named: member.name), holder.index != index,
            try radios.interfaces(of: wireless.radio).contains(where: { $0.index == holder.index })
        {
            attempt(holder.name) { try host.set(.transientName(), of: holder.index) }
        }
        guard let link = try host.link(index) else { return }
        let restoration = InterfaceRestoration(of: member.snapshot, as: index)
        try restoration.carryOut(link, on: host)
        failures += restoration.failures
    }

    /// Undo goes on: a step that fails is noted, and the next is done.
    private func attempt(_ name: LinkName, _ step: () throws -> Void) {
        do {
            try step()
        } catch {
            failures.append("\(name): \(error)")
        }
    }
}
