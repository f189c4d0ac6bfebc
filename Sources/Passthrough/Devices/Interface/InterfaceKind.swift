internal import Containers
package import HostdevModel
internal import LinuxSystem
package import Netlink
internal import SystemPackage

/// Network interfaces: moved into the container's network namespace, set up there, and restored when they return.
enum InterfaceKind: DeviceKind {
    static let tag = InterfaceChange.tag

    static func resolve(_ hostdev: Hostdev, _ context: AttachContext) throws -> Resolution? {
        guard case .net(let device) = hostdev.device else { return nil }
        let sockets = try context.interfaces
        guard let link = try device.source.find(on: sockets.host) else {
            return .absent("the host has no interface \(device.source)")
        }
        try refuseAwaited(link, context)
        return .found([
            try FoundRadio(device, link, sockets) ?? FoundInterface(device: device, link: link, home: sockets.home)
        ])
    }

    /// Release 0.1.0 wrote a radio as an interface.
    static func change(_ payload: RecordElement) throws -> any DeviceChange {
        payload.hasChild("radio") ? try RadioChange(payload) : try InterfaceChange(payload)
    }

    /// Refuses an interface that is back with its hardware: it is the container's that had it.
    private static func refuseAwaited(_ link: Link, _ context: AttachContext) throws {
        let backend = context.backend
        for record in try backend.journal.records(mentioning: ["away='yes'"]) {
            guard try !backend.isUnfinished(record),
                try record.change.interfaces.contains(where: {
                    try $0.isAway && InterfaceSnapshot($0).isSameDevice(as: link)
                }), try !record.container.hasEnded()
            else { continue }
            throw record.taken(by: context.identity)
        }
    }
}

/// An interface of the host.
struct FoundInterface: FoundDevice {
    let device: NetDevice
    let link: Link
    /// The host's network namespace.
    let home: FileIdentity

    var name: String { link.name.description }
    var whole: String { "interface \(link.name)" }
    var lockNames: [String] { [InterfaceSockets.lockName(home: home, index: link.index)] }
    var conflictKeys: [String] { ["interface \(link.index)"] }

    func conflicts(with other: any FoundDevice) -> Bool { (other as? FoundInterface)?.link.index == link.index }

    func plan(_ hostdev: Hostdev, id: String, _ context: AttachContext) throws -> any DevicePlan {
        var plan = try InterfacePlan(
            device, link: link, on: context.interfaces, reserved: context.reservedNames, context.backend)
        plan.sysfsDirectories = try context.backend.sysfsDirectoriesToShow(
            for: name, in: context.container.reference, beside: context.present)
        context.reservedNames.insert(plan.containerName)
        return plan
    }
}

extension NetDevice.Source {
    /// Finds the interface on the host. Returns nil if there is none; several are an error that lists them.
    package func find(on host: borrowing NetlinkSocket) throws -> Link? {
        if case .name(let name) = self { return try host.link(named: LinkName(bytes: name.bytes)) }
        let matches = try host.links().filter { try self.matches($0) }
        guard matches.count > 1 else { return matches.first }
        let names = matches.map(\.name.description).joined(separator: ", ")
        throw PassthroughError(.usage, "several interfaces have \(self): \(names)", hint: Hint(.nameOne))
    }

    /// Whether an interface is one that is meant.
    func matches(_ link: Link) throws -> Bool {
        switch self {
        case .name(let name): link.isCalled(LinkName(bytes: name.bytes))
        // VLANs, bridges and macvlans repeat the address of what is below them; a permanent address is hardware's.
        case .mac(let address): link.permanentAddress == address.bytes
        case .pci(let address): try link.function() == address.description
        }
    }
}

extension Link {
    /// The PCI function on which it is, `0000:00:03.0`.
    fileprivate func function() throws -> String? {
        guard let parentDevice else { return nil }
        // A virtio card sits on a bus of its own, whose devices are each on a function.
        guard parentBus == "virtio" else { return parentBus == "pci" ? parentDevice : nil }
        let link = FilePath("/sys/bus/virtio/devices").appending(parentDevice)
        let place = try ifThere { () throws(SystemError) in try readLink(link) }
        return place?.split(separator: "/").dropLast().last.map(String.init)
    }
}
