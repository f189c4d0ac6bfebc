internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import NodeDevices
internal import SystemPackage

extension Hostdev {
    /// The words that say this device in a conf of OpenVZ's. What they cannot say is refused: nothing of a document is
    /// dropped without a word.
    func configuredEntries() throws -> [ConfiguredEntry] {
        if alias != nil {
            throw unsayable("an alias", "leave it out: --net, --scsi and --misc name the device for detach")
        }
        switch device {
        case .net(let net): return [try entry(net)]
        case .scsi(let scsi):
            let access = try access(scsi.isReadOnly, scsi.isShareable, scsi.permissions)
            if scsi.targetAddress != nil {
                throw unsayable("an address in the container", "leave <target> out, or attach it --live at each start")
            }
            let subject = try NodesSubject(scsi)
            let nodes = subject.nodes.map(\.path.string)
            guard case .name = scsi.source else {
                throw unsayable(
                    "how the unit is found, only names, which may be another unit's after a restart",
                    "name it as it is called now, --scsi \(subject.name), or by a link that stays, --misc /dev/tape/by-id/…"
                )
            }
            return try nodes.map { try entry(node: $0, access) }
        case .misc(let file), .storage(let file):
            let access = try access(file.isReadOnly, file.isShareable, file.permissions)
            guard file.target == nil || file.target == file.source else {
                throw unsayable(
                    "another path in the container", "leave <target> out, or attach it --live at each start")
            }
            let kind: DeviceNumber.Kind = if case .misc = device { .character } else { .block }
            let node = try DeviceNodes().node(file.source, kind)
            guard node.number.major != 7 else {
                throw unsayable("a device of major number 7: vzctl refuses it", "attach it --live at each start")
            }
            return [try entry(node: file.source.description, access)]
        case .pci(let pci): return [ConfiguredEntry(.pci, "\(pci.source)")]
        case .usb, .libvirtOnly:
            throw unsayable("a \(device)", "attach what the device presents, by --net, --scsi or --misc")
        }
    }

    private func entry(_ net: NetDevice) throws -> ConfiguredEntry {
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

    private func entry(node path: String, _ access: String) throws -> ConfiguredEntry {
        guard path.hasPrefix("/dev/") else {
            throw unsayable("a node that is not below /dev", "give it by its name there")
        }
        return try entry(.devnodes, String(path.dropFirst("/dev/".count)), access: access)
    }

    /// Words stand between blanks and quotes, and shell scripts of OpenVZ's read them too.
    private func entry(_ list: OpenVZConf.List, _ key: String, access: String? = nil) throws -> ConfiguredEntry {
        let isPlain = key.utf8.allSatisfy { byte in
            (0x21...0x7E).contains(byte) && !"\"'`\\$;&|<>()*?[]{}~#!^,".utf8.contains(byte)
        }
        guard isPlain else { throw unsayable("such a name", "rename it, or attach it --live at each start") }
        return ConfiguredEntry(list, key, access: access)
    }

    private func access(_ isReadOnly: Bool, _ isShareable: Bool, _ permissions: NodePermissions) throws -> String {
        if isShareable { throw unsayable("that it is shared", "leave <shareable/> out") }
        if permissions != NodePermissions() {
            throw unsayable("permissions", "leave <permissions/> out, or attach it --live at each start")
        }
        return isReadOnly ? "r" : "rw"
    }

    private func unsayable(_ what: String, _ instead: String) -> PassthroughError {
        PassthroughError(
            .notSupported, "\(self): OpenVZ's configuration cannot say \(what)", device: "\(self)", hint: instead)
    }
}

extension ConfiguredEntry {
    /// What a word says, as a document says it. Nil for what is not understood, or has no form there: it stays in the conf.
    var hostdev: Hostdev? {
        switch list {
        case .netdev:
            guard let name = try? InterfaceName(key) else { return nil }
            return Hostdev(.net(NetDevice(source: .name(name))))
        case .pci:
            return (try? PCIAddress(key)).map { Hostdev(.pci(PCIDevice(source: $0))) }
        case .devnodes:
            return hostdev(node: "/dev/\(key)")
        case .devices:
            return number.flatMap(Self.node).flatMap { hostdev(node: $0) }
        }
    }

    private func hostdev(node path: String) -> Hostdev? {
        guard let isReadOnly, let source = try? DevicePath(path), FilePath(path).removingLastComponent() != "/" else {
            return nil
        }
        // SCSI generic's nodes are no others', and the others of a unit are as well known by themselves.
        if key.hasPrefix("sg"), UInt32(key.dropFirst(2)) != nil, let name = try? NodeName(key) {
            return Hostdev(.scsi(SCSIDevice(source: .name(name), isReadOnly: isReadOnly)))
        }
        guard let kind = (try? FileStatus.of(FilePath(path)))?.device?.kind else { return nil }
        let file = DeviceFile(source: source, isReadOnly: isReadOnly)
        return Hostdev(kind == .block ? .storage(file) : .misc(file))
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
    private static func node(_ number: DeviceNumber) -> String? {
        let kind = number.kind == .block ? "block" : "char"
        let uevent = try? readText(FilePath("/sys/dev/\(kind)/\(number.major):\(number.minor)/uevent"))
        let line = uevent?.split(separator: "\n").first { $0.hasPrefix("DEVNAME=") }
        return line.map { "/dev/" + $0.dropFirst("DEVNAME=".count) }
    }
}
