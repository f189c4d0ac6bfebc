internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// The two ends of a move: sockets on the host and in the container's network namespace.
final class InterfaceSockets {
    let host: NetlinkSocket
    let hostNamespace: Namespace
    let inside: NetlinkSocket
    let container: Namespace
    // Opened when an interface may need a radio.
    private(set) lazy var hostRadios = Result { try RadioSocket() }
    // Asked for once, however many interfaces are looked at: the kernel goes through all that the host has.
    private lazy var foundUppers = Result { try UpperLinks(on: host, hostNamespace) }
    /// The interfaces that sit on others.
    var uppers: UpperLinks { get throws { try foundUppers.get() } }

    /// Opens both. Refuses the host's own namespace: a move to where an interface is already would rename it there.
    convenience init(to container: borrowing Namespace, named reference: String) throws {
        let hostNamespace = try Namespace.current(.network)
        guard hostNamespace.identity != container.identity else {
            throw PassthroughError(
                .notSupported, "\(reference) is in the host's own network namespace: there is nowhere to move to",
                container: reference)
        }
        self.init(
            host: try NetlinkSocket(), hostNamespace, inside: try NetlinkSocket.open(in: container),
            try container.duplicate())
    }

    /// Uses sockets that are open, each with its network namespace.
    init(
        host: consuming NetlinkSocket, _ hostNamespace: consuming Namespace, inside: consuming NetlinkSocket,
        _ container: consuming Namespace
    ) {
        self.host = host
        self.hostNamespace = hostNamespace
        self.inside = inside
        self.container = container
    }

    /// The host's network namespace.
    var home: FileIdentity { hostNamespace.identity }

    /// The lock of an interface of a host's, by its number there.
    static func lockName(home: FileIdentity, index: Int32) -> String { "interface-\(home.inode)-\(index)" }

    /// An interface in the container, and what it carries there. Returns nil if there is none of that number, or none any more:
    /// it may go between two requests.
    func inContainer(_ index: Int32) throws -> (Link, LinkConfiguration)? {
        guard let link = try inside.link(index) else { return nil }
        do {
            return (link, try inside.configuration(of: index))
        } catch {
            guard try inside.link(index) == nil else { throw error }
            return nil
        }
    }

    /// Whether an interface is on this host, under the number that it had.
    static func isOnHost(_ snapshot: InterfaceSnapshot) throws -> Bool {
        try NetlinkSocket().link(snapshot.link.index).map(InterfaceIdentity(snapshot: snapshot).isPlausible) == true
    }

    /// The name of the interface on this host that has the name of one that is to return.
    static func otherLink(named link: Link) throws -> String? {
        guard let other = try NetlinkSocket().link(named: link.name), other.index != link.index else { return nil }
        return other.name.description
    }
}
