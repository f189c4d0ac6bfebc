internal import Containers
internal import HostdevModel
internal import LinuxSystem

/// A container that a run works on, pinned, with the sockets to it: opened once, when the first interface asks.
struct Workplace: ~Copyable {
    let container: Container
    let sockets: InterfaceSockets?

    init(_ container: consuming Container, needsSockets: Bool) throws {
        sockets =
            needsSockets
            ? try InterfaceSockets(to: container.network, named: container.reference.description) : nil
        self.container = container
    }
}

extension Container {
    /// The container as records know it.
    var identity: ContainerIdentity {
        var known: ContainerIdentity.Process?
        switch process {
        case .some(let process):
            known = ContainerIdentity.Process(id: process.id, startTime: process.startTime)
        case .none: break
        }
        return ContainerIdentity(
            reference: reference.description, process: known, network: FileID(network.identity))
    }
}

extension ContainerIdentity {
    /// The lock that every run takes before it changes the container.
    var lockName: String { "container-\(network.device)-\(network.inode)" }
}

extension FileID {
    init(_ identity: FileIdentity) {
        self.init(device: identity.device, inode: identity.inode)
    }
}
