internal import ByteStrings
public import HostdevModel

/// Which of a container's devices is meant: one, but for ``all``.
public enum DeviceSelector: Hashable, Sendable, CustomStringConvertible {
    /// The one that a document describes.
    case hostdev(Hostdev)
    /// An interface, by its name on the host, else by its name in the container.
    case net(String)
    /// A SCSI unit, by the kernel's name, address or wwid that it was attached by or has; else by its address or node in the
    /// container.
    case scsi(String)
    /// A character or block device, by its node on the host, else by its node in the container.
    case node(String)
    /// Any device, by its alias.
    case alias(String)
    /// Any device, by the id that `list` shows.
    case id(String)
    /// All of them.
    case all

    /// How messages call it.
    public var description: String {
        switch self {
        case .hostdev(let hostdev): "\(hostdev)"
        case .net(let name): "interface \(name)"
        case .scsi(let name): "SCSI device \(name)"
        case .node(let path): "device \(path)"
        case .alias(let name): "device with alias \(name)"
        case .id(let id): "device with id \(id)"
        case .all: "device"
        }
    }
}

/// What selectors that mean the same have in common: all they may mean, the nearest first. The first meaning that fits
/// anything counts, and has to fit one device alone.
struct Choice<Candidate> {
    let meanings: [(Candidate) throws -> Bool]

    init(_ meanings: ((Candidate) throws -> Bool)...) {
        self.meanings = meanings
    }

    /// What is meant of some candidates; nothing where no meaning fits. Several are ambiguous.
    func among(_ candidates: [Candidate]) throws -> [Candidate] {
        for meaning in meanings {
            let found = try candidates.filter(meaning)
            if !found.isEmpty { return found }
        }
        return []
    }
}

extension PassthroughError {
    /// That a selector means several devices: all of them, each with how to say it, and an id or an alias that says which.
    static func ambiguous(_ selector: DeviceSelector, in place: String, _ candidates: [Attachment]) -> PassthroughError
    {
        let list = candidates.map(\.choice).joined(separator: "; ")
        return PassthroughError(
            .usage, "\(selector) may be any of \(candidates.count) in \(place): \(list)",
            hint: "say which with --id or --alias")
    }
}

extension Attachment {
    /// What it is, and how it can be told from others: `eth1 as lan0 (--id 4f1c…, --alias ua-uplink)`.
    fileprivate var choice: String {
        let names: (host: String, inside: String?) =
            switch device {
            case .interface(let interface): (interface.hostName, interface.containerName)
            case .unit(let unit): (unit.name, unit.nodes.first?.path)
            }
        let place = names.inside.map { " as \($0)" } ?? ""
        return "\(names.host)\(place) (--id \(id)\(alias.map { ", --alias \($0)" } ?? ""))"
    }
}
