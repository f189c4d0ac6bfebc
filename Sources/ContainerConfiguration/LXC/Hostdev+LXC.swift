internal import Containers
internal import HostdevModel
internal import Passthrough

extension Hostdev {
    /// The lines that say this device in a configuration of LXC's.
    func lxcEntries(in config: LXCConfig) throws -> [ConfiguredEntry] {
        if alias != nil {
            throw unsayable("an alias", "leave it out: --net, --scsi and --misc name the device for detach")
        }
        switch device {
        case .net(let net): return [try entry(net, config)]
        case .scsi, .misc, .storage:
            guard let nodes = try ConfiguredNodes(self, unsayable: unsayable) else { return [] }
            let keys = try LXCHost().ruleKeys
            return try nodes.nodes.map { try entry($0, nodes.isReadOnly, config, keys) }
        default:
            throw unsayable("a \(device)", "attach what the device presents, by --net, --scsi or --misc")
        }
    }

    private func entry(
        _ node: ConfiguredNodes.Node, _ isReadOnly: Bool, _ config: LXCConfig, _ keys: [String]
    ) throws -> ConfiguredEntry {
        guard isPlain(node.path), isPlain(node.target) else {
            throw unsayable("such a name", "rename it, or attach it --live at each start")
        }
        if let other = try config.inWay(of: node) {
            throw PassthroughError(
                .nameTaken, "\(node.target) is \(other) already", device: "\(self)",
                hint: .words("name another path with <target>"))
        }
        return ConfiguredEntry(
            place: LXCConfig.mountEntry,
            text: LXCMount.lines(node, isReadOnly: isReadOnly, keys: keys).joined(separator: "\n"), key: node.path,
            hostdev: self, name: String(node.path.dropFirst("/dev/".count)), node: node.path, target: node.target)
    }

    private func entry(_ net: NetDevice, _ config: LXCConfig) throws -> ConfiguredEntry {
        guard case .name(let link) = net.source else {
            throw unsayable("how the interface is found, only its name", "use <source name='eth1'/>")
        }
        if case .pattern = net.targetName { throw unsayable("a pattern for names", "name it") }
        let name = if case .name(let name) = net.targetName { "\(name)" } else { "\(link)" }
        guard isPlain("\(link)"), isPlain(name), !"\(link)".hasSuffix("+") else {
            throw unsayable("such a name", "rename it, or attach it --live at each start")
        }
        if let place = config.sharedNetwork {
            throw PassthroughError(
                .notSupported, "the container has no network of its own: \(place)", device: "\(self)",
                hint: .words("an interface can be moved into a network namespace of the container's only"))
        }
        let number = LXCInterface.freeNumber(in: config.settings)
        var values = [("type", "phys"), ("link", "\(link)"), ("name", name)]
        if net.linkState == .up { values.append(("flags", "up")) }
        if let mtu = net.mtu { values.append(("mtu", "\(mtu)")) }
        if let mac = net.mac { values.append(("hwaddr", "\(mac)")) }
        values += try addresses(net) + gateways(net)
        return ConfiguredEntry(
            place: "lxc.net.\(number)",
            text: values.map { "lxc.net.\(number).\($0) = \($1)" }.joined(separator: "\n"), key: "\(link)",
            hostdev: self, name: "\(link)", node: nil, target: name)
    }

    private func addresses(_ net: NetDevice) throws -> [(String, String)] {
        guard !net.inheritsAddresses, !net.inheritsRoutes else {
            throw unsayable("what the interface has on the host", "write its addresses and routes out")
        }
        return try net.addresses.map { address in
            guard address.peer == nil else {
                throw unsayable("the other end's address", "attach it --live at each start")
            }
            return ("\(address.address.address.family.rawValue).address", "\(address.address)")
        }
    }

    /// LXC has one gateway for each family, and takes it only for an interface that is up and has an address.
    private func gateways(_ net: NetDevice) throws -> [(String, String)] {
        var families: Set<IPAddress.Family> = []
        return try net.routes.map { route in
            guard route.destination.length == 0, let gateway = route.gateway, route.metric == nil,
                net.linkState == .up, net.addresses.contains(where: { $0.address.address.family == route.family }),
                families.insert(route.family).inserted
            else {
                throw unsayable(
                    "the route \(route), only one default gateway of each family for an interface with an address",
                    "set it up inside the container, or attach it --live at each start")
            }
            return ("\(route.family.rawValue).gateway", "\(gateway)")
        }
    }

    private func unsayable(_ what: String, _ instead: String) -> PassthroughError {
        unsayable(what, by: "LXC", instead)
    }
}

extension ConfiguredEntry {
    /// Nil for a network that is none of the host's interfaces.
    init?(_ interface: LXCInterface) {
        guard let link = interface.link else { return nil }
        self.init(
            place: interface.place, text: link, key: link, hostdev: interface.hostdev, name: link, node: nil,
            target: interface.name)
    }

    init(_ mount: LXCMount) throws {
        let target = mount.target == mount.node ? nil : mount.target
        try self.init(
            place: LXCConfig.mountEntry, text: mount.text, key: mount.node,
            hostdev: mount.target.flatMap { _ in
                try Hostdev(node: mount.node, target: target, isReadOnly: mount.isReadOnly, kind: mount.kind)
            }, name: String(mount.node.dropFirst("/dev/".count)), node: mount.node, target: mount.target)
    }
}
