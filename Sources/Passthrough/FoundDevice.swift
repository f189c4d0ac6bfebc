internal import HostdevModel
internal import Netlink
internal import NodeDevices

/// A device of the host's, by what it is and not by what it is called.
enum FoundDevice {
    case interface(NetDevice, Link)
    case radio(NetDevice, Link, WirelessInterface)
    case nodes(NodesRequest, NodesSubject)

    var name: String {
        switch self {
        case .interface(_, let link), .radio(_, let link, _): link.name.description
        case .nodes(_, let subject): subject.name
        }
    }

    /// What a container gets of it, for people: an interface of a radio moves with all others of that.
    var whole: String {
        switch self {
        case .interface(_, let link): "interface \(link.name)"
        case .radio(_, let link, _): "the radio of \(link.name)"
        case .nodes(_, let subject): subject.name
        }
    }

    var nodes: NodesSubject? { if case .nodes(_, let subject) = self { subject } else { nil } }

    /// What it has in common with all that it overlaps.
    var group: String {
        switch self {
        case .interface(_, let link): "interface \(link.index)"
        case .radio(_, _, let interface): "radio \(interface.radio)"
        case .nodes(_, let subject): subject.identity.withoutPartition
        }
    }

    func overlaps(_ other: FoundDevice) -> Bool {
        switch (self, other) {
        case (.interface(_, let one), .interface(_, let other)): one.index == other.index
        case (.radio(_, _, let one), .radio(_, _, let other)): one.radio == other.radio
        case (.nodes(_, let one), .nodes(_, let other)): one.identity.overlaps(other.identity)
        default: false
        }
    }
}
