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
