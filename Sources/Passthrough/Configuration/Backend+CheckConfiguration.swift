internal import ByteStrings
public import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

extension Backend {
    /// Compares what configurations say, of a container or of all, with what the host has: what would be missing at the next
    /// start. Empty when nothing would.
    public func checkConfiguration(_ reference: ContainerReference? = nil) throws(PassthroughError) -> [Drift] {
        do {
            let containers =
                try reference.map { [try ConfiguredContainers.container($0)] } ?? ConfiguredContainers.all()
            // An interface that some container has now is on the host again when that starts anew.
            let away = Set(try journal.records().filter(\.hostdev.isInterface).flatMap(\.hostNames))
            return try containers.flatMap { try drift(of: $0, away: away) }
        } catch {
            throw PassthroughError(error).about(container: reference?.description)
        }
    }

    private func drift<Container: DeviceConfigured>(of container: Container, away: Set<ByteString>) throws -> [Drift] {
        let text = try container.text()
        return try text.entries.compactMap { entry in
            guard let difference = try entry.missing(away) ?? text.difference(of: entry) else { return nil }
            return Drift(
                id: entry.id(in: container.reference), container: "\(container.reference)",
                device: entry.name, what: difference.what, expected: difference.expected, found: difference.found)
        }
    }
}

/// In what respect the next start would not give a container what its configuration says.
struct ConfigurationDifference {
    let what: String
    let expected: String
    let found: String
}

extension ConfiguredEntry {
    /// What is not on the host.
    fileprivate func missing(_ away: Set<ByteString>) throws -> ConfigurationDifference? {
        if let node {
            let status = try? FileStatus.of(FilePath(node))
            guard status?.device == nil else { return nil }
            return ConfigurationDifference(
                what: "node", expected: node, found: status == nil ? "not on the host" : "no device")
        }
        guard case .net(let net) = hostdev?.device, !away.contains(ByteString(name)),
            try net.source.find(on: NetlinkSocket()) == nil
        else { return nil }
        return ConfigurationDifference(what: "interface", expected: name, found: "not on the host")
    }
}
