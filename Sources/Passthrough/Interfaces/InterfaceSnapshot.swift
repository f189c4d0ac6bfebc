internal import HostdevModel
internal import Netlink

/// An interface as it was on the host: what a return has to bring about.
struct InterfaceSnapshot {
    let link: Link
    let configuration: LinkConfiguration

    init(link: Link, configuration: LinkConfiguration) {
        self.link = link
        self.configuration = configuration
    }

    /// Reads all of it through a socket on the host. Global IPv6 addresses go when the interface goes down, so this comes
    /// before anything else.
    init(of link: Link, on host: borrowing NetlinkSocket) throws {
        self.init(link: link, configuration: try host.configuration(of: link.index))
    }

    /// The snapshot in a record.
    init(_ messages: [InterfaceRecord.Message]) throws {
        var link: Link?
        var configuration = LinkConfiguration()
        for message in messages {
            let kernel = KernelMessage(type: message.type, bytes: message.bytes)
            switch message.subject {
            case .link: link = Link(kernel)
            case .address: configuration.addresses.append(AddressRecord(kernel))
            case .route: configuration.routes.append(RouteRecord(kernel))
            case .neighbour: configuration.neighbours.append(NeighbourRecord(kernel))
            }
        }
        guard let link else { throw PassthroughError(.internal, "a record holds no interface") }
        self.init(link: link, configuration: configuration)
    }

    /// The form for a record.
    var messages: [InterfaceRecord.Message] {
        func message(_ subject: InterfaceRecord.Message.Subject, _ kernel: KernelMessage, _ about: String)
            -> InterfaceRecord.Message
        {
            InterfaceRecord.Message(subject: subject, type: kernel.type, bytes: kernel.bytes, about: about)
        }
        return [message(.link, link.message, link.name.description)]
            + configuration.addresses.map { message(.address, $0.message, $0.description) }
            + configuration.routes.map { message(.route, $0.message, $0.description) }
            + configuration.neighbours.map { message(.neighbour, $0.message, $0.description) }
    }

    /// Whether another look at an interface shows the same piece of hardware, or the same virtual one: by what nobody
    /// can set.
    func isSameDevice(as other: Link) -> Bool {
        link.kind == other.kind && link.permanentAddress == other.permanentAddress
            && link.parentDevice == other.parentDevice
    }
}
