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
    init(_ reference: ContainerReference, for hostdevs: [Hostdev], _ backend: Backend) throws {
        let container = try Containers.container(reference)
        try container.reference.requireAbility(for: hostdevs)
        identity = container.identity
        self.container = container
        self.backend = backend
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
