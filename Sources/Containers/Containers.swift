public import LinuxSystem

/// All engines together.
public enum Containers {
    /// In the order in which they are asked. What builds on another comes before it: the first that claims a process
    /// names it.
    static let engines: [any ContainerEngine] = [
        LXDEngine(), IncusEngine(), LXCEngine(), LibvirtEngine(), MachineEngine(), PodmanEngine(), DockerEngine(),
        OCIEngine(), OpenVZEngine(), NetNSEngine(), PIDEngine(),
    ]

    /// Pins the container of a reference; a bare name is looked for in every engine.
    public static func container(_ reference: ContainerReference) throws(ContainerError) -> Container {
        guard reference.engine != nil else { return try BareName(reference.name).container() }
        return try engine(of: reference).container(reference.name)
    }

    /// What a container can be given, by the engine of its full reference.
    public static func abilities(of reference: ContainerReference) throws(ContainerError) -> EngineAbilities {
        try engine(of: reference).abilities
    }

    /// How the engine of a full reference is asked to let the container use a device. Nil where it is not to be asked.
    public static func deviceRuleDelegate(of reference: ContainerReference) -> DeviceRuleDelegate? {
        // An engine that is not known takes no requests.
        (try? engine(of: reference))?.deviceRuleDelegate(of: reference.name)
    }

    private static func engine(of reference: ContainerReference) throws(ContainerError) -> any ContainerEngine {
        guard let engine = engines.first(where: { $0.name == reference.engine }) else {
            let known = engines.map(\.name).joined(separator: ", ")
            throw ContainerError(
                .noSuchContainer,
                "container \(reference): no engine '\(reference.engine ?? "")'; known are \(known)")
        }
        return engine
    }

    /// The running containers of all engines, each once: under the name that the first engine has for it. An engine that
    /// cannot be asked hides nobody else's.
    public static func running() -> RunningContainers {
        var all = RunningContainers()
        var named: Set<Int32> = []
        for engine in engines {
            let running = engine.running()
            all.problems += running.problems
            all.containers += running.containers.filter { container in
                container.process.map { named.insert($0).inserted } ?? true
            }
        }
        // An engine may mount the network namespace that it gives a container: that has its name already.
        let owned = Set(all.containers.filter { $0.process != nil }.compactMap(\.network))
        all.containers.removeAll { container in
            container.process == nil && container.network.map(owned.contains) == true
        }
        return all
    }
}
