internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink

/// What the stages of an attach share: the container, pinned once, and what has been read about it.
final class AttachContext {
    let backend: Backend
    let container: Container
    let identity: ContainerIdentity
    /// The records about the container and the devices. Read once the locks are held.
    var records: [Record] = []
    /// The names that interfaces of the document which are planned already will have in the container.
    var reservedNames: Set<LinkName> = []

    // Not every document has an interface, and a container may have the host's network.
    private lazy var sockets = Result {
        try InterfaceSockets(to: container.network, named: container.reference.description)
    }
    /// The sockets on the host and in the container's network namespace.
    var interfaces: InterfaceSockets { get throws { try sockets.get() } }

    /// Looks the container up, and refuses devices that its engine cannot give it.
    convenience init(_ reference: ContainerReference, for hostdevs: [Hostdev], _ backend: Backend) throws {
        try self.init(Containers.container(reference), for: hostdevs, backend)
    }

    /// Takes a container that is pinned, and refuses devices that its engine cannot give it.
    convenience init(_ container: consuming Container, for hostdevs: [Hostdev], _ backend: Backend) throws {
        try container.reference.requireAbility(for: hostdevs)
        self.init(container, backend)
    }

    /// The context of a container that is pinned.
    init(_ container: consuming Container, _ backend: Backend) {
        identity = container.identity
        self.container = container
        self.backend = backend
    }

    /// What the container has.
    var present: [Record] { records.filter { $0.isOf(identity) } }
}

extension ContainerReference {
    /// Refuses devices of a kind that containers of the engine cannot be given while they run.
    func requireAbility(for hostdevs: [Hostdev]) throws {
        let abilities = try Containers.abilities(of: self)
        for hostdev in hostdevs {
            guard let kind = hostdev.device.kind else {
                throw PassthroughError(
                    .notSupported, "\(hostdev) means something to virtual machines only, and nothing to a container",
                    device: "\(hostdev)")
            }
            guard !abilities.live.contains(kind) else { continue }
            let others = abilities.live.map(\.rawValue).sorted().joined(separator: " and ")
            throw PassthroughError(
                .notSupported,
                "\(engine ?? "") takes no \(kind.rawValue) while a container runs, but \(others.isEmpty ? "nothing" : others)",
                device: "\(hostdev)",
                hint: abilities.config.contains(kind)
                    ? Hint(.configure) : abilities.alternative.map(Hint.words) ?? kind.instead)
        }
    }
}

extension Device {
    /// How a container gets it; nil for what a container has no use for.
    fileprivate var kind: EngineAbilities.DeviceKind? {
        switch self {
        case .net: .interfaces
        case .scsi, .misc, .storage: .nodes
        case .usb: .usb
        case .pci: .pci
        case .libvirtOnly: nil
        }
    }
}

extension EngineAbilities.DeviceKind {
    /// What gives a container the use of such a device too.
    fileprivate var instead: Hint? {
        switch self {
        case .interfaces, .nodes: nil
        case .usb: Hint(.attachUSBParts)
        case .pci: Hint(.attachPCIParts)
        }
    }
}
