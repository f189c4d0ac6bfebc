internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// What people call network namespaces: by the container that has one, or else by a process. It takes a walk over the
/// engines, which is done when the first is asked for.
final class NetworkNamespaceNames {
    private lazy var containers: [FileIdentity: String] = {
        var names: [FileIdentity: String] = [:]
        for container in Containers.running().containers {
            let network =
                if let process = container.process {
                    try? FileStatus.of(processFile(process, "ns/net")).identity
                } else {
                    try? container.pinned().network.identity
                }
            // The first engine's name is the one that references get.
            if let network, names[network] == nil { names[network] = container.reference.description }
        }
        return names
    }()

    subscript(id: FileIdentity) -> String {
        if id.isNumber { return "network namespace number \(id.inode)" }
        if let name = containers[id] { return name }
        let processes = ((try? directoryEntries("/proc")) ?? []).compactMap { Int32($0) }
        let process = processes.sorted().first { process in
            (try? FileStatus.of(processFile(process, "ns/net")).identity).map { $0 == id } == true
        }
        return process.map { "pid:\($0)" } ?? "network namespace \(id)"
    }
}
