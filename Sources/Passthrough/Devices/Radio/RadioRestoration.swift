internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// Restores the interfaces of a radio on the host to what they were. Every step asks first what is there, so that it can be
/// begun again at any point.
final class RadioRestoration {
    private let snapshot: RadioSnapshot
    private let radios: RadioSocket

    /// What could not be restored.
    var failures: [PassthroughError] = []

    init(of snapshot: RadioSnapshot, _ radios: RadioSocket) {
        self.snapshot = snapshot
        self.radios = radios
    }

    private var number: UInt32 { snapshot.radio.number }

    func restore(on host: borrowing NetlinkSocket) throws {
        guard let radio = try radios.radio(number) else {
            throw PassthroughError(.kernel, "\(snapshot.radio.name) is not on the host after its move")
        }
        failures += radios.restore(snapshot.radio, from: radio).map {
            PassthroughError($0).about(device: radio.name.description)
        }
        for member in snapshot.members where try interface(member) == nil {
            try makeAgain(member, on: host)
            stopPoint()
        }
        for member in snapshot.members {
            try restore(member, on: host)
            stopPoint()
        }
    }

    /// The interface on its radio. One that was made again, maybe by a run that was killed then, has another number.
    private func interface(_ member: RadioMember) throws -> WirelessInterface? {
        let present = try radios.interfaces(of: number)
        return present.first { $0.id == member.wireless.id }
            ?? present.first { snapshot.member($0) == nil && $0.name == member.name }
    }

    /// Makes an interface again that the container removed.
    private func makeAgain(_ member: RadioMember, on host: borrowing NetlinkSocket) throws {
        // mac80211 gives it a permanent address that no other of the radio's has at the time.
        for index in try radios.interfaces(of: number).compactMap(\.index) {
            guard let link = try host.link(index), link.hardwareAddress == member.snapshot.link.permanentAddress else {
                continue
            }
            var change = LinkChanges()
            change.hardwareAddress = [0x02] + (1...5).map { _ in .random(in: .min ... .max) }
            // Where it stays, the new interface gets another address, and that is said.
            try? host.set(change, of: index)
        }
        attempt(member.name) { try radios.add(member.name, member.wireless.mode, to: number) }
    }

    /// Makes an interface what it was.
    private func restore(_ member: RadioMember, on host: borrowing NetlinkSocket) throws {
        guard let interface = try interface(member), let index = interface.index else { return }
        if interface.mode != member.wireless.mode {
            attempt(member.name) { try radios.set(member.wireless.mode, of: index) }
            stopPoint()
        }
        if try radios.withPowerSaving(interface).powerSaving != member.wireless.powerSaving {
            attempt(member.name) { try radios.restorePowerSaving(member.wireless, of: index) }
        }
        // Another of the radio's may have its name, and gets its own next.
        if let holder = try host.link(named: member.name), holder.index != index,
            try radios.interfaces(of: number).contains(where: { $0.index == holder.index })
        {
            attempt(holder.name) { try host.set(.name(.temporaryName()), of: holder.index) }
        }
        guard let link = try host.link(index) else { return }
        let restoration = InterfaceRestoration(of: member.snapshot, as: index)
        try restoration.restore(link, on: host)
        failures += restoration.failures
        try restoreChannel(member, index)
    }

    private func restoreChannel(_ member: RadioMember, _ index: Int32) throws {
        guard member.wireless.isMonitor, let now = try radios.interface(index),
            !now.isOnChannel(of: member.wireless)
        else { return }
        attempt(member.name) {
            do throws(NetlinkError) {
                try radios.restoreChannel(member.wireless, of: index)
            } catch {
                // A station that is up is on the channel of its network.
                guard error.code == .resourceBusy else { throw error }
            }
        }
    }

    /// Undo goes on: a step that fails is noted, and the next is done.
    func attempt(_ name: LinkName, _ step: () throws -> Void) {
        do {
            try step()
        } catch {
            failures.append(PassthroughError(restoring: name.description, error))
        }
    }
}
