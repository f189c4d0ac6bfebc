internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

extension Hostdev {
    /// The words that say this device in a conf of OpenVZ's. What they cannot say is refused: nothing of a document is
    /// dropped without a word.
    func openVZEntries() throws -> [OpenVZEntry] {
        if alias != nil {
            throw unsayable("an alias", "leave it out: --net, --scsi and --misc name the device for detach")
        }
        switch device {
        case .net(let net): return [try entry(net)]
        case .scsi, .misc, .storage:
            guard let nodes = try ConfiguredNodes(self, unsayable: unsayable) else { return [] }
            return try nodes.nodes.map { try entry($0, nodes.isReadOnly ? "r" : "rw") }
        case .pci(let pci): return [OpenVZEntry(.pci, "\(pci.source)")]
        default:
            throw unsayable("a \(device)", "attach what the device presents, by --net, --scsi or --misc")
        }
    }

    private func entry(_ net: NetDevice) throws -> OpenVZEntry {
        guard case .name(let name) = net.source else {
            throw unsayable("how the interface is found, only its name", "use <source name='eth1'/>")
        }
        let parts: [(Bool, String)] = [
            (net.targetName != .sameAsHost && net.targetName != .name(name), "another name in the container"),
            (net.mac != nil, "a MAC address"), (net.mtu != nil, "an MTU"), (net.linkState == .down, "a state"),
            (!net.addresses.isEmpty || net.inheritsAddresses, "addresses"),
            (!net.routes.isEmpty || net.inheritsRoutes, "routes"),
        ]
        if let part = parts.first(where: \.0) {
            throw unsayable(part.1, "set it up inside the container, or attach it --live at each start")
        }
        // vzctl refuses them, with status 21.
        if let prefix = ["venet", "tun", "tap", "lo"].first(where: name.description.hasPrefix) {
            throw unsayable("an interface whose name begins with \(prefix): vzctl refuses it", "rename it")
        }
        return try entry(.netdev, name.description)
    }

    private func entry(_ node: ConfiguredNodes.Node, _ access: String) throws -> OpenVZEntry {
        guard node.target == node.path else {
            throw unsayable("another path in the container", "leave <target> out, or attach it --live at each start")
        }
        guard node.number.major != 7 else {
            throw unsayable("a device of major number 7: vzctl refuses it", "attach it --live at each start")
        }
        return try entry(.devnodes, String(node.path.dropFirst("/dev/".count)), access: access)
    }

    private func entry(_ list: OpenVZConf.List, _ key: String, access: String? = nil) throws -> OpenVZEntry {
        guard isPlain(key) else { throw unsayable("such a name", "rename it, or attach it --live at each start") }
        return OpenVZEntry(list, key, access: access)
    }

    private func unsayable(_ what: String, _ instead: String) -> PassthroughError {
        unsayable(what, by: "OpenVZ", instead)
    }
}

extension OpenVZEntry {
    /// What a word says, as a document says it. Nil for what is not understood, or has no form there: it stays in the conf.
    var hostdev: Hostdev? {
        get throws {
            switch list {
            case .netdev:
                guard let name = try? InterfaceName(key) else { return nil }
                return Hostdev(.net(NetDevice(source: .name(name))))
            case .pci:
                return (try? PCIAddress(key)).map { Hostdev(.pci(PCIDevice(source: $0))) }
            case .devnodes:
                return try isReadOnly.flatMap { try Hostdev(node: "/dev/\(key)", isReadOnly: $0) }
            case .devices:
                guard let isReadOnly, let number else { return nil }
                // One that the host does not have now has the name that udev(7) would give it by its number.
                let folder = number.kind == .block ? "block" : "char"
                return try Hostdev(
                    node: Self.node(number) ?? "/dev/\(folder)/\(number.major):\(number.minor)",
                    isReadOnly: isReadOnly, kind: number.kind)
            }
        }
    }

    /// The device that an entry of DEVICES is about. `all` for the minor number is none.
    private var number: DeviceNumber? {
        let parts = key.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let kind = DeviceNumber.Kind(rawValue: String(parts[0])),
            let major = UInt32(parts[1]), let minor = UInt32(parts[2])
        else { return nil }
        return DeviceNumber(kind, major, minor)
    }

    /// The node that the kernel calls the device by.
    private static func node(_ number: DeviceNumber) throws -> String? {
        let kind = number.kind == .block ? "block" : "char"
        let file = FilePath("/sys/dev/\(kind)/\(number.major):\(number.minor)/uevent")
        let uevent = try ifThere { () throws(SystemError) in try readText(file) }
        let line = uevent?.split(separator: "\n").first { $0.hasPrefix("DEVNAME=") }
        return line.map { "/dev/" + $0.dropFirst("DEVNAME=".count) }
    }
}
