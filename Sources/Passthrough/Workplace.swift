internal import Containers
internal import HostdevModel
internal import LinuxSystem

/// What an attach works with: the container, pinned, and the sockets to it where an interface is to be moved.
struct Workplace: ~Copyable {
    let container: Container
    let sockets: InterfaceSockets?

    init(_ container: consuming Container, needsSockets: Bool) throws {
        sockets =
            needsSockets
            ? try InterfaceSockets(to: container.network, named: container.reference.description) : nil
        self.container = container
    }

    /// The sockets; there are some whenever the document has an interface.
    var interfaces: InterfaceSockets {
        guard let sockets else { preconditionFailure("an interface is moved without sockets") }
        return sockets
    }
}

extension Container {
    /// The container as records know it.
    var identity: ContainerIdentity {
        ContainerIdentity(
            reference: reference.description,
            process: process.map { ContainerIdentity.Process(id: $0.id, startTime: $0.startTime) },
            network: FileID(network.identity), mounts: files.map { FileID($0.mounts.identity) })
    }
}

extension ContainerIdentity {
    /// Whether the two are one container, by whatever reference. Containers of a pod, and those with the host's network,
    /// share that; and one process may have left the mount namespace that it had.
    func isSame(as other: ContainerIdentity) -> Bool {
        guard network == other.network else { return false }
        if let process, process == other.process { return true }
        guard let mounts, let others = other.mounts else { return true }
        return mounts == others
    }

    /// The lock that every run takes before it changes the container.
    var lockName: String { "container-\(network.device)-\(network.inode)" }
}

extension FileID {
    init(_ identity: FileIdentity) {
        self.init(device: identity.device, inode: identity.inode)
    }
}
