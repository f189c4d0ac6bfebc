internal import ByteStrings
internal import Containers
internal import HostdevModel
internal import Passthrough

extension OpenVZContainer: DeviceConfigured {}

extension OpenVZConf: DeviceConfiguration {
    var entries: [ConfiguredEntry] {
        get throws {
            let all = List.allCases.flatMap { list in words(list).map { OpenVZEntry(list, word: $0) } }
            return try all.map(ConfiguredEntry.init)
        }
    }

    func entries(for hostdev: Hostdev) throws -> [ConfiguredEntry] {
        let present = try entries
        return try hostdev.openVZEntries().map { entry in
            if let other = present.first(where: {
                $0.place == entry.list.rawValue && ByteString($0.key) == ByteString(entry.key)
            }) {
                throw ConfiguredAlready(entry: other)
            }
            return try ConfiguredEntry(entry)
        }
    }

    mutating func add(_ entry: ConfiguredEntry) {
        if let list = List(rawValue: entry.place) { add(entry.text, to: list) }
    }

    mutating func remove(_ entry: ConfiguredEntry) {
        if let list = List(rawValue: entry.place) { remove(list) { ByteString($0) == ByteString(entry.text) } }
    }

    /// Those of the host's that are moved, and those that vzctl makes, with the bridges that they are ports of.
    var networks: [ConfiguredNetwork] {
        let moved = words(.netdev).map {
            ConfiguredNetwork(place: List.netdev.rawValue, name: $0, link: $0, isMoved: true)
        }
        let made = (value("NETIF") ?? "").split(separator: ";").map { interface in
            func field(_ name: String) -> String? {
                let fields = interface.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1) }
                return fields.first { $0.count == 2 && $0[0] == name }.map { String($0[1]) }
            }
            return ConfiguredNetwork(
                place: "NETIF", name: field("ifname"), link: field("bridge"), isMoved: false)
        }
        return moved + made
    }

    func faults() -> [(key: String, difference: ConfigurationDifference)] { [] }

    /// Its entries name devices by names alone.
    func difference(of entry: ConfiguredEntry) -> ConfigurationDifference? { nil }

    func warnings(_ added: [Attachment], of container: OpenVZContainer) -> [String] {
        guard !container.hasKernel else { return [] }
        return added.compactMap { attachment in
            guard case .pci = attachment.hostdev.device else { return nil }
            return "\(attachment.hostdev) stands in \(container.path), but has no effect without an OpenVZ kernel"
        }
    }
}

extension ConfiguredEntry {
    init(_ entry: OpenVZEntry) throws {
        let hostdev = try entry.hostdev
        var node: String?
        switch (entry.list, hostdev?.device) {
        case (.devnodes, _): node = "/dev/\(entry.key)"
        case (_, .misc(let file)), (_, .storage(let file)): node = file.source.description
        case (_, .scsi(let scsi)): node = "/dev/\(scsi.source)"
        default: break
        }
        let target: String? =
            switch entry.list {
            case .netdev: entry.key
            case .devnodes: node
            case .devices, .pci: nil
            }
        self.init(
            place: entry.list.rawValue, text: entry.word, key: entry.key, hostdev: hostdev,
            name: node.map { String($0.dropFirst("/dev/".count)) } ?? entry.key, node: node, target: target)
    }
}
