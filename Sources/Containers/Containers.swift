public import LinuxSystem

/// Finds containers of all engines.
public enum Containers {
    /// The engines in the order in which they are asked. An engine comes before those on which it is built, since the first
    /// that claims a process names it.
    static let engines: [any ContainerEngine] = [
        InstanceServer.lxd, InstanceServer.incus, LXCEngine(), LibvirtEngine(), MachineEngine(), PodmanEngine(),
        DockerEngine(),
        OCIEngine(), OpenVZEngine(), NetNSEngine(), PIDEngine(),
    ]

    /// Pins the container of a reference. For a bare name every engine is asked.
    public static func container(_ reference: ContainerReference) throws(ContainerError) -> Container {
        guard reference.engine != nil else { return try BareName(reference.name).container() }
        return try engine(of: reference).container(reference.name)
    }

    /// Returns what the engine of a full reference can give its containers.
    public static func abilities(of reference: ContainerReference) throws(ContainerError) -> EngineAbilities {
        try engine(of: reference).abilities
    }

    /// Returns how the engine of a full reference is asked to allow the container a device. Returns nil when it takes no
    /// requests.
    public static func deviceRuleDelegate(of reference: ContainerReference) -> DeviceRuleDelegate? {
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

    /// Returns the running containers of all engines, each once, under the name of the first engine that claims it. Engines
    /// that cannot be asked are reported as problems.
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
        // The mount of a network namespace that an engine gives a container is not listed again.
        let owned = Set(all.containers.filter { $0.process != nil }.compactMap(\.network))
        all.containers.removeAll { container in
            container.process == nil && container.network.map(owned.contains) == true
        }
        return all
    }
}
