internal import Containers
internal import HostdevModel
internal import SystemPackage

extension DeviceSelector {
    /// Which devices of a configuration are meant. What it does not have, such as an alias, selects none.
    func matches(_ entry: ConfiguredEntry) -> Bool {
        switch self {
        case .all: entry.hostdev != nil
        case .alias: false
        case .net(let name): entry.node == nil && entry.isCalled(name)
        case .scsi(let name), .node(let name): entry.node != nil && entry.isCalled(name)
        case .hostdev(let hostdev): hostdev.isConfigured(by: entry)
        }
    }
}

extension Hostdev {
    /// Whether an entry is about this device, whatever else the document says of it.
    fileprivate func isConfigured(by entry: ConfiguredEntry) -> Bool {
        if entry.hostdev?.device.source == device.source { return true }
        switch device {
        case .scsi(let scsi):
            return ((try? NodesSubject(scsi))?.nodes ?? []).contains { entry.node == $0.path.string }
        case .misc(let file), .storage(let file): return entry.node == file.source.description
        default: return false
        }
    }
}
