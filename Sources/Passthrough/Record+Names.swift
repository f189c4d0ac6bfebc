internal import ByteStrings
internal import HostdevModel
internal import Netlink

extension Record {
    /// What people call the device: its name on the host.
    var hostName: String {
        switch change {
        case .interface(let interface): interface.messages.first?.about ?? "interface"
        case .nodes(let nodes): nodes.name
        }
    }

    /// All names by which the device is known on the host.
    var hostNames: Set<ByteString> {
        switch change {
        case .interface(let interface):
            let names = interface.links.flatMap { [$0.name] + $0.alternativeNames }
            return Set(names.map { ByteString(bytes: $0.bytes) })
        case .nodes(let nodes):
            let names = [nodes.name, nodes.address?.description, nodes.wwid, sourceText]
            return Set(names.compactMap { $0.map { ByteString($0) } })
        }
    }

    private var sourceText: String? {
        switch hostdev.device {
        case .scsi(let device): device.source.text
        case .misc(let device), .storage(let device): device.source.description
        default: nil
        }
    }

    /// Whether a container has the device: an interface has everybody who has the network namespace.
    func isOf(_ container: ContainerIdentity) -> Bool {
        nodes == nil ? self.container.network == container.network : self.container.isSame(as: container)
    }

    /// Whether the device has gone from the host, and the container has nothing of it until it is back.
    var isAway: Bool {
        switch change {
        case .interface(let interface): interface.isAway
        case .nodes(let nodes): nodes.presence != .here
        }
    }

    /// What was changed for nodes; nil for an interface.
    var nodes: NodesChange? { if case .nodes(let nodes) = change { nodes } else { nil } }

    /// The lock that every run takes before it changes the device.
    var lockName: String {
        switch change {
        case .interface(let interface):
            if let radio = interface.radio { return InterfaceSockets.lockName(radio: radio.number) }
            return InterfaceSockets.lockName(home: interface.home, index: interface.link?.index ?? 0)
        case .nodes(let nodes): return nodes.lock
        }
    }
}

extension Hostdev {
    var isInterface: Bool { if case .net = device { true } else { false } }
}

extension NetDevice.Source {
    /// The source as people write it.
    var text: String {
        switch self {
        case .name(let name): name.description
        case .mac(let address): address.description
        case .pci(let address): address.description
        }
    }
}

extension SCSIDevice.Source {
    /// The source as people write it.
    var text: String {
        switch self {
        case .name(let name): name.description
        case .path(let path): path.description
        case .wwid(let wwid): wwid.description
        case .address(let address): address.description
        }
    }
}
