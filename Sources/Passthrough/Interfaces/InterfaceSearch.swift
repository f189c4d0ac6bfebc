internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

// Identity: which interface of the host's a document means.
extension NetDevice.Source {
    /// The interface on the host; nil where there is none. Several are an error that lists them.
    func find(on host: borrowing NetlinkSocket) throws -> Link? {
        if case .name(let name) = self { return try host.link(named: LinkName(bytes: name.bytes)) }
        let matches = try host.links().filter { try self.matches($0) }
        guard matches.count > 1 else { return matches.first }
        let names = matches.map(\.name.description).joined(separator: ", ")
        throw PassthroughError(.usage, "several interfaces have \(self): \(names)", hint: "name one of them")
    }

    /// Whether an interface is one that is meant.
    func matches(_ link: Link) throws -> Bool {
        switch self {
        case .name(let name): link.isCalled(LinkName(bytes: name.bytes))
        // VLANs, bridges and macvlans repeat the address of what is below them; a permanent address is hardware's.
        case .mac(let address): link.permanentAddress == address.bytes
        case .pci(let address): try link.function() == address.description
        }
    }
}

extension Link {
    /// The PCI function on which it is, `0000:00:03.0`.
    fileprivate func function() throws -> String? {
        guard let parentDevice else { return nil }
        // A virtio card sits on a bus of its own, whose devices are each on a function.
        guard parentBus == "virtio" else { return parentBus == "pci" ? parentDevice : nil }
        let link = FilePath("/sys/bus/virtio/devices").appending(parentDevice)
        let place = try ifThere { () throws(SystemError) in try readLink(link) }
        return place?.split(separator: "/").dropLast().last.map(String.init)
    }
}
