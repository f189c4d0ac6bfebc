internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

extension NodesChange {
    /// Tells the programs of a container that it has got nodes, or has no longer those that were made. Who does not listen
    /// misses nothing but that, so a failure is none of attach or detach.
    static func announce(
        _ action: Uevent.Action, _ records: [NodesChange], in container: borrowing Container
    ) {
        let made = records.flatMap(\.entries).filter { !$0.made.isEmpty }
        // Where it cannot be found out whose network that is, the host hears nothing that is not so.
        guard !made.isEmpty, let files = container.files, (try? container.sharesHostNetwork) == false else { return }
        let announcements: [Uevent] = made.compactMap { entry in
            guard let number = entry.number, let place = entry.sysfsPlace else { return nil }
            return Uevent(
                action, device: place.path, subsystem: place.subsystem, node: entry.plan.path.string, number: number)
        }
        guard !announcements.isEmpty else { return }
        try? Uevent.send(
            announcements, in: container.network, user: files.userIDs.outside(0) ?? 0,
            group: files.groupIDs.outside(0) ?? 0)
    }
}

extension Container {
    /// Whether what is announced there is announced to the host, which has its devices as before.
    fileprivate var sharesHostNetwork: Bool {
        get throws { try network.identity == Namespace.current(.network).identity || network.isInits }
    }
}
