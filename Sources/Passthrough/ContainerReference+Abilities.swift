internal import Containers
internal import HostdevModel

extension ContainerReference {
    /// Refuses devices of a kind that containers of the engine cannot be given while they run.
    func requireAbility(for hostdevs: [Hostdev]) throws {
        let abilities = try Containers.abilities(of: self)
        for hostdev in hostdevs {
            let kind: EngineAbilities.DeviceKind = hostdev.isInterface ? .interfaces : .nodes
            guard !abilities.live.contains(kind) else { continue }
            let others = abilities.live.map(\.rawValue).sorted().joined(separator: " and ")
            throw PassthroughError(
                .notSupported,
                "\(engine ?? "") takes no \(kind.rawValue) while a container runs, but \(others.isEmpty ? "nothing" : others)",
                device: "\(hostdev)", hint: abilities.instead)
        }
    }
}
