internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

extension Attachment {
    /// What a configuration gives a container at its next start. Nil for what has no form in a document.
    init?(_ entry: ConfiguredEntry, of container: ContainerReference) throws {
        guard let hostdev = entry.hostdev else { return nil }
        try self.init(entry, hostdev, of: container)
    }

    init(_ entry: ConfiguredEntry, _ hostdev: Hostdev, of container: ContainerReference) throws {
        let device: Device
        if hostdev.isInterface {
            device = .interface(
                Interface(
                    hostName: entry.name, hardwareAddress: nil, containerName: entry.target ?? "", containerIndex: 0))
        } else {
            let number = try entry.node.flatMap { try hostNode($0) }?.device
            var nodes: [Unit.Node] = []
            if let target = entry.target, let number {
                nodes = [
                    Unit.Node(path: target, isBlock: number.kind == .block, major: number.major, minor: number.minor)
                ]
            }
            device = .unit(
                Unit(
                    name: entry.name, address: nil, wwid: nil, targetAddress: nil, nodes: nodes,
                    isReadOnly: NodeOptions(hostdev.device)?.isReadOnly ?? false))
        }
        self.init(
            id: entry.id(in: container), container: container.description, hostdev: hostdev, device: device,
            state: .configured, since: 0)
    }
}
