package import HostdevModel
internal import LinuxSystem
package import Netlink
internal import SystemPackage

/// The guards of an interface: what it does for the host, so that moving it would break something. `--force` overrides each.
struct InterfaceGuards {
    let snapshot: InterfaceSnapshot
    let uppers: UpperLinks
    /// The SSH session from which the program was started, as in SSH_CONNECTION.
    let sshConnection: () throws -> String?

    private var link: Link { snapshot.link }
    private var name: String { link.name.description }

    /// Throws the first reason for which the interface is to stay on the host.
    func check(on host: borrowing NetlinkSocket) throws {
        if let master = snapshot.master {
            throw refusal("is a port of \(master.kind ?? "interface") \(master.name)", .removeFromMaster)
        }
        if !snapshot.upperLinks.isEmpty {
            let places = NetworkNamespaceNames()
            var names = snapshot.upperLinks.prefix(10).map { $0.fullName(places) }
            if names.count < snapshot.upperLinks.count {
                names.append("and \(snapshot.upperLinks.count - names.count) more")
            }
            let isLost = snapshot.upperLinks.contains(where: \.link.isDeletedWhenLowerMoves)
            throw refusal(
                "is what \(names.joined(separator: ", ")) \(names.count == 1 ? "sits" : "sit") on",
                isLost ? .removeUpperLinks : .removeLastingUpperLinks)
        }
        // A network namespace that is closed to this program stays so: that is reported, and does not keep the interface.
        if let place = uppers.unseen.first(where: { !$0.isForbidden }) {
            var error = refusal(
                "may be what somebody's interface sits on: that could not be found out (\(place))",
                .inspectNamespaces)
            error.isPassing = true
            throw error
        }
        if let session = try session(on: host) {
            throw refusal("carries this SSH session with \(session)", .changeSession)
        }
        if snapshot.configuration.routes.contains(where: \.isDefault) {
            throw refusal("carries the host's default route", .changeDefaultRoute)
        }
        if try isBeingProcessedByUdev {
            var error = refusal("is still being processed by udev", .waitForUdev)
            error.isPassing = true
            throw error
        }
    }

    private func refusal(_ reason: String, _ advice: Hint.Code) -> PassthroughError {
        PassthroughError(.inUse, "\(name) \(reason)", device: name, hint: Hint(advice, name))
    }

    /// The other end of the SSH session from which the program was started, if packets of it go through the interface.
    private func session(on host: borrowing NetlinkSocket) throws -> String? {
        guard !snapshot.configuration.addresses.isEmpty || !snapshot.configuration.routes.isEmpty,
            let ends = try sshConnection()?.split(separator: " "), ends.count == 4
        else { return nil }
        // An address of one link only ends in the link's name.
        let client = ends[0].split(separator: "%")
        let server = ends[2].split(separator: "%")
        // What is no address is nobody's session.
        guard let address = try? IPAddress(client[0]), let own = try? IPAddress(server[0]) else { return nil }
        let isOurs =
            if let zone = client.dropFirst().first {
                link.isCalled(LinkName(String(zone)))
            } else {
                try snapshot.configuration.addresses.contains { $0.local == own.bytes && !$0.isLinkLocal }
                    || host.route(to: address.bytes)?.linkIndexes.contains(UInt32(bitPattern: link.index)) == true
            }
        return isOurs ? String(ends[0]) : nil
    }

    /// Whether udev(7) has not finished with the interface: it may yet rename it, and its rules run afterwards. Of what it
    /// has finished with it keeps a file. It knows the interfaces of the first network namespace only, init's.
    private var isBeingProcessedByUdev: Bool {
        get throws {
            guard try exists("/run/udev/control"), try Namespace.current(.network).isInits else { return false }
            let file = FilePath("/run/udev/data/n\(link.index)")
            return try ifThere { () throws(SystemError) in try readText(file) }.map(Self.isBeingProcessed) ?? true
        }
    }

    private static func isBeingProcessed(_ data: String) -> Bool {
        let lines = data.split(separator: "\n")
        return ["E:ID_RENAMING=1", "E:ID_NET_RENAMING=1", "E:ID_PROCESSING=1"].contains { lines.contains($0[...]) }
    }
}

extension RouteRecord {
    /// Whether it is the host's way to everywhere: of all destinations, in the main table.
    fileprivate var isDefault: Bool { prefixLength == 0 && type == 1 && table == 254 }
}

extension Namespace {
    /// Whether it is the network namespace of process 1, the one in which udev(7) works.
    var isInits: Bool {
        get throws(SystemError) {
            let inits = try ifSeen { () throws(SystemError) in try FileStatus.of("/proc/1/ns/net").identity }
            return identity == inits
        }
    }
}

extension Backend {
    /// Refuses an interface that the host uses itself, unless guards are overridden.
    package func refuseUsedByHost(_ link: Link, on host: borrowing NetlinkSocket) throws {
        guard !force else { return }
        let uppers = try UpperLinks(on: host, Namespace.current(.network))
        let snapshot = try InterfaceSnapshot(of: link, on: host, uppers: uppers)
        try InterfaceGuards(snapshot: snapshot, uppers: uppers, sshConnection: sshConnection).check(on: host)
    }
}

// What is refused of an interface for any container, running or to be started.
extension Link {
    /// The refusal of an interface that the kernel keeps in its network namespace.
    package var immovable: PassthroughError {
        PassthroughError(
            .notSupported, "\(name) cannot be moved: The interface netns is immutable", device: "\(name)",
            hint: .words(
                flags.contains(.loopback)
                    ? "every network namespace has a loopback interface of its own"
                    : "the kernel keeps \(kind.map { "every \($0)" } ?? "it") where it was made"))
    }
}

extension NetDevice {
    /// Refuses settings that no kernel would take, or not for this interface, where it is there.
    package func requirePossible(for link: Link?) throws {
        let name = link?.name.description ?? source.description
        if let mtu, let link, !link.mtuRange.contains(mtu.value) {
            throw PassthroughError(
                .invalidDocument,
                "\(name) takes an MTU of \(link.mtuRange.lowerBound) to "
                    + "\(link.mtuRange.upperBound), not \(mtu.value)", device: name)
        }
        if linkState == .down, !routes.isEmpty || inheritsRoutes {
            throw PassthroughError(
                .invalidDocument, "\(name) cannot have routes while its link state is down", device: name,
                hint: .words("the kernel routes through interfaces that are up"))
        }
        if case .name(let target) = targetName, ["all", "default"].contains(target.description) {
            throw PassthroughError(
                .invalidDocument, "no interface can be called \(target): the kernel's settings of all have that name",
                device: name)
        }
    }
}
