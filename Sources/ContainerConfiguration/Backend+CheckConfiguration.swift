internal import ByteStrings
public import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
public import Passthrough
internal import SystemPackage

extension Backend {
    /// Compares what configurations say, of a container or of all, with what the host has: what would be missing at the next
    /// start. Empty when nothing would.
    public func checkConfiguration(_ reference: ContainerReference? = nil) throws(PassthroughError) -> [Drift] {
        do {
            let containers =
                try reference.map { [try ConfiguredContainers.container($0)] } ?? ConfiguredContainers.all()
            // An interface that some container has now is on the host again when that starts anew.
            let away = try namesOfAttachedInterfaces()
            return try containers.flatMap { try drift(of: $0, away: away) }
        } catch {
            throw PassthroughError(error).about(container: reference?.description)
        }
    }

    private func drift<Container: DeviceConfigured>(of container: Container, away: Set<ByteString>) throws -> [Drift] {
        let text = try container.text()
        let faults = try text.faults().map { fault in
            drift(of: container, fault.key, id: "\(container.reference.name)-\(fault.key)", fault.difference)
        }
        return try faults
            + text.entries.compactMap { entry in
                guard
                    let difference = try missing(entry, from: container.reference, away) ?? text.difference(of: entry)
                else { return nil }
                return drift(of: container, entry.name, id: entry.id(in: container.reference), difference)
            }
    }

    private func drift(
        of container: any DeviceConfigured, _ device: String, id: String, _ difference: ConfigurationDifference
    ) -> Drift {
        Drift(
            id: id, container: "\(container.reference)", device: device, what: difference.what,
            expected: difference.expected, found: difference.found)
    }

    /// What is neither on the host nor, since it runs, in the container itself.
    private func missing(
        _ entry: ConfiguredEntry, from reference: ContainerReference, _ away: Set<ByteString>
    ) throws -> ConfigurationDifference? {
        if let node = entry.node {
            // What makes no node, such as a rule alone, lacks none.
            guard entry.target != nil else { return nil }
            let status = try hostNode(node)
            guard status?.device == nil else { return nil }
            return ConfigurationDifference(
                what: "node", expected: node, found: status == nil ? "not on the host" : "no device")
        }
        guard case .net(let net) = entry.hostdev?.device, !away.contains(ByteString(entry.name)),
            try net.source.find(on: NetlinkSocket()) == nil
        else { return nil }
        do {
            if try isInside(entry, reference) { return nil }
        } catch {
            return ConfigurationDifference(
                what: "interface", expected: entry.name,
                found: "not on the host, and whether the container has it cannot be told (\(error))")
        }
        return ConfigurationDifference(what: "interface", expected: entry.name, found: "not on the host")
    }

    /// Whether the container runs, and has an interface of the host's from its start.
    private func isInside(_ entry: ConfiguredEntry, _ reference: ContainerReference) throws -> Bool {
        guard let target = entry.target, let container = try Self.running(reference),
            container.network.identity != (try Namespace.current(.network)).identity
        else { return false }
        return try NetlinkSocket.open(in: container.network).link(named: LinkName(target)) != nil
    }
}

/// In what respect the next start would not give a container what its configuration says.
struct ConfigurationDifference {
    let what: String
    let expected: String
    let found: String
}
