internal import Containers
internal import HostdevModel
internal import SystemPackage

extension DeviceSelector {
    /// Which words of a conf are meant. What a conf does not have, such as an alias, selects none.
    func matches(_ entry: ConfiguredEntry) -> Bool {
        switch self {
        case .all: entry.hostdev != nil
        case .alias: false
        case .net(let name): entry.list == .netdev && entry.key == name
        case .scsi(let name): entry.list == .devnodes && [entry.key, "/dev/\(entry.key)"].contains(name)
        case .node(let path):
            entry.nodePath == path || (entry.list == .devnodes && entry.key == path)
        case .hostdev(let hostdev): hostdev.isConfigured(by: entry)
        }
    }
}

extension ConfiguredEntry {
    /// The node on the host that it is about.
    var nodePath: String? {
        switch hostdev?.device {
        case .misc(let file), .storage(let file): file.source.description
        case .scsi: "/dev/\(key)"
        default: nil
        }
    }
}

extension Hostdev {
    /// Whether a word is about this device, whatever else the document says of it.
    fileprivate func isConfigured(by entry: ConfiguredEntry) -> Bool {
        if entry.hostdev?.device.source == device.source { return true }
        switch device {
        case .scsi(let scsi):
            let nodes = (try? NodesSubject(scsi))?.nodes.map(\.path.string) ?? []
            return entry.nodePath.map(nodes.contains) ?? false
        case .misc(let file), .storage(let file): return entry.nodePath == file.source.description
        default: return false
        }
    }
}
