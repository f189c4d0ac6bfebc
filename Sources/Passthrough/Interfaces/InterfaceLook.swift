internal import HostdevModel
internal import LinuxSystem
internal import Netlink

// Looking: all that can be known before the first change is found out here, and what cannot work is refused.
extension InterfacePlan {
    /// Works out a plan for an interface of the host's. `taken` are the names that other devices of the same document
    /// will have in the container. `saved` is what it is to be again when it
    /// comes home, where that is not what it is now.
    init(
        _ device: NetDevice, link: Link, as saved: InterfaceSnapshot? = nil, isImmutable: Bool,
        host: borrowing NetlinkSocket, uppers: UpperLinks, inside: borrowing NetlinkSocket, taken: Set<LinkName>,
        force: Bool
    ) throws {
        let name = link.name.description
        if isImmutable { throw link.immovable }
        let now = try InterfaceSnapshot(of: link, on: host, uppers: uppers)
        if !force { try InterfaceGuards(snapshot: now, uppers: uppers).check(on: host) }
        let snapshot = saved ?? now
        try device.requirePossible(for: link)
        self.device = device
        self.snapshot = snapshot
        present = link
        containerName = try Self.containerName(device.targetName, of: link, inside: inside, taken: taken)
        for name in [containerName] + link.alternativeNames {
            guard let other = try inside.link(named: name) else { continue }
            throw PassthroughError(
                .nameTaken, "the container has an interface \(other.name) already, which answers to \(name)",
                device: link.name.description, hint: "give another <target name=…/>")
        }
        guard !taken.contains(containerName) else {
            throw PassthroughError(
                .nameTaken, "two devices of the document want to be \(containerName)", device: name)
        }
        containerIndex = try Self.freeIndex(near: link.index, inside: inside)
        inherited = Self.inherited(device, snapshot)
        unseen = uppers.unseen.map(\.description)
    }

    private static func containerName(
        _ target: TargetName, of link: Link, inside: borrowing NetlinkSocket, taken: Set<LinkName>
    ) throws -> LinkName {
        switch target {
        case .sameAsHost: return link.name
        case .name(let name): return LinkName(bytes: name.bytes)
        case .pattern(let pattern):
            // The kernel would take a pattern too, but not tell which name it chose.
            for number in UInt32(0)..<10_000 {
                guard let name = try? pattern.name(number) else { break }
                let candidate = LinkName(bytes: name.bytes)
                if !taken.contains(candidate), try inside.link(named: candidate) == nil { return candidate }
            }
            throw PassthroughError(.nameTaken, "no name \(pattern) is free in the container")
        }
    }

    /// A number that is free in the container, the host's own if possible. It is asked for in the move, so that the
    /// interface can be told from others inside by its number alone, whatever the container renames.
    private static func freeIndex(near index: Int32, inside: borrowing NetlinkSocket) throws -> Int32 {
        var candidate = index
        while try inside.link(candidate) != nil { candidate = .random(in: 1_000_000...Int32.max) }
        return candidate
    }

    private static func inherited(_ device: NetDevice, _ snapshot: InterfaceSnapshot) -> LinkConfiguration {
        let saved = snapshot.configuration
        return LinkConfiguration(
            addresses: device.inheritsAddresses
                ? saved.addresses.filter { $0.isPermanent && $0.scope == 0 }.map(\.withoutLabel) : [],
            routes: device.inheritsRoutes ? saved.routes.filter { !$0.isKernels } : [])
    }
}
