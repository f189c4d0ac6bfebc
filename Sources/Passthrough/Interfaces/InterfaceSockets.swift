internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// The two ends of a move: a socket on the host and one in the container's network namespace.
final class InterfaceSockets {
    let host: NetlinkSocket
    let hostNamespace: Namespace
    let inside: NetlinkSocket
    let container: Namespace
    // Most interfaces need no radio, and nobody waits for a socket to what is not there.
    private(set) lazy var hostRadios = Result { try RadioSocket() }
    /// The numbers on the host of interfaces that have not left it: their move was refused, or not tried.
    private(set) var stayed: Set<Int32> = []
    // Asked for once, however many interfaces are looked at: the kernel goes through all that the host has.
    private lazy var foundUppers = Result { try UpperLinks(on: host, hostNamespace) }
    /// The interfaces that sit on others.
    var uppers: UpperLinks { get throws { try foundUppers.get() } }

    /// Opens both. Refuses the host's own namespace: a move to where an interface is already would rename it there.
    init(to container: borrowing Namespace, named reference: String) throws {
        hostNamespace = try Namespace.current(.network)
        guard hostNamespace.identity != container.identity else {
            throw PassthroughError(
                .notSupported, "\(reference) is in the host's own network namespace: there is nowhere to move to",
                container: reference)
        }
        host = try NetlinkSocket()
        self.container = try container.duplicate()
        inside = try NetlinkSocket.open(in: container)
    }

    /// The host's network namespace.
    var home: FileIdentity { hostNamespace.identity }

    /// The lock of an interface of a host's, by its number there.
    static func lockName(home: FileIdentity, index: Int32) -> String { "interface-\(home.inode)-\(index)" }

    func find(_ source: NetDevice.Source) throws -> Link? {
        try source.find(on: host)
    }

    func plan(
        _ device: NetDevice, link: Link, as saved: InterfaceSnapshot? = nil, taken: Set<LinkName>, force: Bool
    ) throws -> InterfacePlan {
        try InterfacePlan(
            device, link: link, as: saved, isImmutable: host.isNetnsImmutable(link, for: container), host: host,
            uppers: uppers, inside: inside, taken: taken, force: force)
    }

    func move(_ plan: InterfacePlan, observe: (Step) -> Void) throws {
        try plan.move(from: host, to: container, observe: observe)
    }

    /// Notes which of some interfaces, of which the first could not be moved and the others were not to be any more, are where
    /// they were. An error alone does not say that: the kernel may have moved one before it went wrong.
    func noteStayed(_ plans: some Sequence<InterfacePlan>) {
        for snapshot in plans.map(\.snapshot) {
            guard let link = try? host.link(snapshot.link.index), snapshot.isSameDevice(as: link),
                link.flags.contains(.up) == snapshot.link.flags.contains(.up)
            else { continue }
            stayed.insert(link.index)
        }
    }

    func setUp(_ plan: InterfacePlan, observe: (Step) -> Void) throws {
        try plan.setUp(inside: inside, observe: observe)
    }

    /// An interface in the container, and what it carries there. Nil where there is none of that number, or none any more:
    /// it may go between two questions.
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
    static func isAtHome(_ snapshot: InterfaceSnapshot) throws -> Bool {
        try NetlinkSocket().link(snapshot.link.index).map(InterfaceIdentity(snapshot: snapshot).isPlausible) == true
    }

    /// The name of the interface that has a name on this host with which another one is to come home.
    static func otherLink(named link: Link) throws -> String? {
        guard let other = try NetlinkSocket().link(named: link.name), other.index != link.index else { return nil }
        return other.name.description
    }

    /// Whether an interface is nowhere any more: bringing it home would find none.
    func isGone(_ way: InterfaceReturn) throws -> Bool {
        try way.isGone(host: host, hostNamespace: hostNamespace, inside: inside, container: container)
    }

    /// Brings an interface home; what could not be put back comes back as messages.
    func bringHome(_ way: InterfaceReturn) throws -> [String] {
        try way.carryOut(host: host, hostNamespace: hostNamespace, inside: inside, container: container)
    }
}
