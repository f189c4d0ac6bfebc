internal import ByteStrings
package import Containers
internal import Glibc
package import HostdevModel
internal import LinuxSystem
internal import Netlink

/// An interface of the host that a container's engine moves when it starts the container by its configuration. No record tells
/// what it was on the host.
package struct ConfiguredInterface: Sendable {
    /// What a document says of it; nil if no document can.
    package let hostdev: Hostdev?
    /// Its name on the host.
    package let name: String
    /// Its name in the container, if the configuration says one.
    package let target: String?

    /// An interface from its parts.
    package init(hostdev: Hostdev?, name: String, target: String?) {
        self.hostdev = hostdev
        self.name = name
        self.target = target
    }
}

extension Backend {
    /// Makes the records of interfaces that a running container has by its configuration, without writing them. Leaves out an
    /// interface that is on the host or that was attached; a container that does not run has none.
    ///
    /// What is known of an interface is where it is and what it is: the record says of the rest what a new interface has.
    ///
    /// - Throws: `not-supported` for one that cannot be told from what the container may have made itself, unless `force`.
    func recordsOfMoved(_ interfaces: [ConfiguredInterface], in reference: ContainerReference) throws -> [Record] {
        guard !interfaces.isEmpty, let container = try Self.running(reference),
            container.network.identity != (try Namespace.current(.network)).identity
        else { return [] }
        let sockets = try InterfaceSockets(to: container.network, named: reference.description)
        let identity = container.identity
        let known = Set(
            try journal.records(mentioning: [identity.network.description]).filter { $0.isOf(identity) }.flatMap(
                \.hostNames))
        return try interfaces.compactMap { entry in
            guard let hostdev = entry.hostdev, !known.contains(ByteString(entry.name)),
                let link = try sockets.find(entry, isProofNeeded: !force)
            else { return nil }
            let change = InterfaceChange(
                containerIndex: link.index, containerName: entry.target ?? entry.name, home: sockets.home,
                lookedAt: millisecondsSinceBoot(),
                messages: [.init(link)])
            return Record(
                id: Journal.newID(), transaction: Journal.newID(), since: Int64(time(nil)), container: identity,
                hostdev: hostdev, change: try RadioChange(ofMoved: change, on: sockets) ?? change)
        }
    }

    /// Whether the interface of a container that has ended is in that which runs now under the same name, by its
    /// configuration: then its engine has had it back and moved it again, and the record says nothing any more.
    func isHandedToNewContainer(_ record: Record) throws -> Bool {
        guard let interface = record.change as? InterfaceChange, let was = interface.link,
            let reference = try? ContainerReference(record.container.reference)
        else { return false }
        let entries = try configuredInterfaces(reference)
        guard !entries.isEmpty, let container = try Self.running(reference),
            container.network.identity != (try Namespace.current(.network)).identity
        else { return false }
        let sockets = try InterfaceSockets(to: container.network, named: reference.description)
        for entry in entries where record.hostNames.contains(ByteString(entry.name)) {
            guard let target = entry.target, let link = try sockets.inside.link(named: LinkName(target)) else {
                continue
            }
            if try InterfaceSnapshot(interface).isSameDevice(as: link), try sockets.host.link(named: was.name) == nil {
                return true
            }
        }
        return false
    }

    /// The container, pinned, if it runs.
    ///
    /// - Throws: what stands in the way of knowing.
    package static func running(_ reference: ContainerReference) throws(ContainerError) -> Container? {
        do {
            return try Containers.container(reference)
        } catch {
            guard error.code == .noSuchContainer else { throw error }
            return nil
        }
    }
}

extension InterfaceSockets {
    /// Finds an interface of a configuration in the container, as the host is to have it. Returns nil if it is not there, or is
    /// on the host.
    ///
    /// - Parameter isProofNeeded: whether it has to be one that the container cannot have made.
    fileprivate func find(_ entry: ConfiguredInterface, isProofNeeded: Bool) throws -> Link? {
        let name = LinkName(entry.name)
        guard let target = entry.target, try host.link(named: name) == nil,
            let found = try inside.link(named: LinkName(target))
        else { return nil }
        let number = try host.assignedNSID(of: container)
        // As the host sees it: what is below or opposite is in numbers of the host's.
        guard let link = try host.link(found.index, inNamespace: number) else { return nil }
        let place = link.lowerNamespace ?? number
        let isFromHost =
            link.permanentAddress != nil || link.parentDevice != nil || (link.lower != nil && place != number)
        guard isFromHost || !isProofNeeded else {
            throw PassthroughError(
                .notSupported,
                "\(target) in the container may be \(name), or an interface that the container has made: nothing tells",
                device: entry.name, hint: Hint(.inspectInterface))
        }
        let home = try host.nsid(of: hostNamespace)
        // Where the configuration has an alternative name, that is not the one to return under.
        let isAlternative = link.name != name && link.isCalled(name)
        return link.unconfigured(
            named: isAlternative ? link.name : name, lowerNamespace: place == home ? nil : place)
    }
}
