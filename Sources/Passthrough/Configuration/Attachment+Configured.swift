internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

extension Attachment {
    /// What a word of a conf gives a container at its next start.
    init?(_ entry: ConfiguredEntry, of container: OpenVZContainer) {
        guard let hostdev = entry.hostdev else { return nil }
        self.init(entry, hostdev, of: container)
    }

    init(_ entry: ConfiguredEntry, _ hostdev: Hostdev, of container: OpenVZContainer) {
        id = "\(container.id)-\(entry.list.rawValue)-\(entry.key)"
        self.container = container.reference.description
        self.hostdev = hostdev
        state = .configured
        since = 0
        if entry.list == .netdev {
            device = .interface(
                Interface(hostName: entry.key, hardwareAddress: nil, containerName: entry.key, containerIndex: 0))
        } else {
            let number = entry.nodePath.flatMap { (try? FileStatus.of(FilePath($0)))?.device }
            let nodes = number.map {
                Unit.Node(
                    path: entry.nodePath ?? "", isBlock: $0.kind == .block, major: $0.major, minor: $0.minor)
            }
            device = .unit(
                Unit(
                    name: entry.nodePath.map { String($0.dropFirst("/dev/".count)) } ?? entry.key, address: nil,
                    wwid: nil,
                    targetAddress: nil, nodes: entry.list == .devnodes ? [nodes].compactMap(\.self) : [],
                    isReadOnly: entry.isReadOnly ?? false))
        }
    }
}
