internal import Containers
internal import HostdevModel

extension ContainerReference {
    /// Refuses devices of a kind that containers of the engine cannot be given while they run.
    func requireAbility(for hostdevs: [Hostdev]) throws {
        let abilities = try Containers.abilities(of: self)
        for hostdev in hostdevs {
            guard let kind = hostdev.device.kind else {
                throw PassthroughError(
                    .notSupported, "\(hostdev) means something to virtual machines only, and nothing to a container",
                    device: "\(hostdev)")
            }
            guard !abilities.live.contains(kind) else { continue }
            let others = abilities.live.map(\.rawValue).sorted().joined(separator: " and ")
            throw PassthroughError(
                .notSupported,
                "\(engine ?? "") takes no \(kind.rawValue) while a container runs, but \(others.isEmpty ? "nothing" : others)",
                device: "\(hostdev)",
                hint: abilities.config.contains(kind)
                    ? "--config gives it to the container at its next start" : abilities.alternative ?? kind.instead)
        }
    }
}

extension Device {
    /// How a container gets it; nil for what a container has no use for.
    fileprivate var kind: EngineAbilities.DeviceKind? {
        switch self {
        case .net: .interfaces
        case .scsi, .misc, .storage: .nodes
        case .usb: .usb
        case .pci: .pci
        case .libvirtOnly: nil
        }
    }
}

extension EngineAbilities.DeviceKind {
    /// What gives a container the use of such a device too.
    fileprivate var instead: String? {
        switch self {
        case .interfaces, .nodes: nil
        case .usb: "give what it presents: its node with --misc /dev/bus/usb/BUS/DEVICE, its interface with --net"
        case .pci:
            "give what it presents: its interface with --net, its SCSI units with --scsi, other nodes with --misc"
        }
    }
}
