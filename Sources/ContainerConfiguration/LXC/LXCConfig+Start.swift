internal import ByteStrings
internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

// What a container has from its start beside the devices that are added: what is in their way.
extension LXCConfig {
    /// All networks, in the order in which LXC makes them. What has no name of its own gets the first `ethN` that is free by
    /// then.
    var networks: [ConfiguredNetwork] {
        var taken: Set<ByteString> = []
        return LXCInterface.all(settings).map { network in
            var name = network.name
            if name == nil, ["veth", "macvlan", "ipvlan", "vlan"].contains(network.type) {
                name = (0...taken.count).lazy.map { "eth\($0)" }.first { !taken.contains(ByteString($0)) }
            }
            if let name { taken.insert(ByteString(name)) }
            return ConfiguredNetwork(
                place: network.place, name: name, link: network.value("link"), isMoved: network.type == "phys")
        }
    }

    /// The setting with which the container has no network of its own. Nil: it has one.
    var sharedNetwork: String? {
        if let none = LXCInterface.all(settings).first(where: { $0.type == "none" }) {
            return "\(none.place) has the type none"
        }
        let shared = settings.last { setting in
            switch setting.key {
            case "lxc.namespace.share.net": true
            case "lxc.namespace.keep": setting.value.split(separator: " ").contains("net")
            case "lxc.namespace.clone": !setting.value.split(separator: " ").contains("net")
            default: false
            }
        }
        return shared.map { "\($0.key) is \($0.value)" }
    }

    /// What stands where a node is to be mounted, or above or below: another mount, or a node that LXC makes itself. Nil: nothing,
    /// or the same device.
    func inWay(of node: ConfiguredNodes.Node) throws -> String? {
        for setting in settings where setting.key == Self.mountEntry {
            let fields = setting.value.fields
            guard fields.count > 1, ByteString(fields[0]) != ByteString(node.path) else { continue }
            let target = fields[1].fields(separatedBy: "/").map { ByteString($0) }
            let own = node.target.fields(separatedBy: "/").map { ByteString($0) }
            // A directory that is mounted may hold the node; a node holds nothing.
            let isNode = try fields[0].hasPrefix("/dev/") && hostNode(String(fields[0]))?.device != nil
            if target == own || own.starts(with: target) && isNode || target.starts(with: own) {
                return "\(fields[0]) in \(setting.key)"
            }
        }
        guard settings.last(where: { $0.key == "lxc.autodev" })?.value != "0", node.target.hasPrefix("/dev/") else {
            return nil
        }
        let name = String(node.target.dropFirst("/dev/".count).prefix { $0 != "/" })
        if let own = Self.ownNodes[name] {
            return node.target == "/dev/\(name)" && node.number == own ? nil : "LXC's own"
        }
        return Self.ownFiles.contains(name) ? "LXC's own" : nil
    }

    /// The nodes that LXC makes in a container's `/dev` itself.
    private static let ownNodes = [
        "null": DeviceNumber(.character, 1, 3), "zero": DeviceNumber(.character, 1, 5),
        "full": DeviceNumber(.character, 1, 7), "random": DeviceNumber(.character, 1, 8),
        "urandom": DeviceNumber(.character, 1, 9), "tty": DeviceNumber(.character, 5, 0),
    ]
    /// What it makes there beside.
    private static let ownFiles = [
        "console", "ptmx", "pts", "shm", "mqueue", "fd", "stdin", "stdout", "stderr", "core",
    ]

    /// LXC 7 takes no key of version 1 of control groups.
    func faults() throws -> [(key: String, difference: ConfigurationDifference)] {
        let keys = Set(settings.map(\.key).filter { $0.hasPrefix("lxc.cgroup.") }).sorted()
        guard !keys.isEmpty else { return [] }
        let host = try LXCHost()
        guard host.refusesVersion1 else { return [] }
        return keys.map { key in
            let difference = ConfigurationDifference(
                what: "key", expected: "lxc.cgroup2.\(key.dropFirst("lxc.cgroup.".count))",
                found: "refused by LXC \(host.version ?? "7"), with which the container does not start")
            return (key, difference)
        }
    }
}

// Proxmox VE writes PATH/NAME/config anew from its own file at each start.
extension LXCConfiguredContainer {
    func refuseAddition(_ entries: [ConfiguredEntry]) throws {
        guard let owner = try regeneratedFrom else { return }
        let lines = entries.flatMap { $0.text.split(separator: "\n") }.map {
            $0.replacing(" = ", with: ": ", maxReplacements: 1)
        }
        throw PassthroughError(
            .notSupported, "Proxmox VE writes \(path) anew at each start, from \(owner)",
            hint: .words("add these lines there, before its first [section]: \(lines.joined(separator: "; "))"))
    }

    func refuseRemoval(_ entries: [ConfiguredEntry]) throws {
        guard let owner = try regeneratedFrom else { return }
        let places = entries.map { "\($0.name) in \($0.place)" }.joined(separator: ", ")
        throw PassthroughError(
            .notSupported, "Proxmox VE writes \(path) anew at each start, from \(owner)",
            hint: .words("take it out there: \(places)"))
    }
}
