internal import LinuxSystem

/// A kind of container. One type in `Engines/` for each, listed in ``Containers/engines``.
///
/// Most engines say a process of a container and why to believe it: they are ``ProcessEngine``s.
protocol ContainerEngine: Sendable {
    /// How references call it: the part before the colon.
    var name: String { get }

    /// What its containers can be given.
    var abilities: EngineAbilities { get }

    /// Pins the running container of a name. What is not running, or not for certain that container, is
    /// `noSuchContainer`.
    func container(_ name: String) throws(ContainerError) -> Container

    /// The running containers, and what could not be looked at.
    func running() -> RunningContainers

    /// Whether its names are those that somebody gave to containers, and not numbers or files that may be anything's.
    var namesContainers: Bool { get }

    /// The names that a bare name may stand for: itself, and with another engine more.
    func names(for bareName: String) throws(ContainerError) -> [String]

    /// How the engine is asked to let a container use a device. Nil where it is not to be asked while that runs.
    func deviceRuleDelegate(of name: String) -> DeviceRuleDelegate?
}

extension ContainerEngine {
    func deviceRuleDelegate(of name: String) -> DeviceRuleDelegate? { nil }
    var namesContainers: Bool { true }
    func names(for bareName: String) throws(ContainerError) -> [String] { [bareName] }
}

/// An engine whose containers have an init process on this machine.
protocol ProcessEngine: ContainerEngine {
    /// What the engine says of the container of a name, or of an id where it has ids.
    func claim(_ name: String) throws(ContainerError) -> ContainerClaim

    /// What it says of all that may run, with the reasons why others could not be read.
    func claims() -> (claims: [ContainerClaim], problems: [ContainerError])
}

extension ProcessEngine {
    func container(_ name: String) throws(ContainerError) -> Container {
        let claim = try claim(name)
        let reference = ContainerReference(engine: self.name, name: claim.name)
        do throws(ContainerError) {
            return try Container(reference, process: claim.process, proof: claim.proof)
        } catch {
            throw error.ofKnown
        }
    }

    func running() -> RunningContainers {
        let (claims, problems) = claims()
        var running = RunningContainers(problems: problems)
        let host = HostView()
        for claim in claims {
            let reference = ContainerReference(engine: name, name: claim.name)
            // Who has stopped, or was never meant, does not run: that is no problem.
            running.look { running throws(ContainerError) in
                let summary = try ContainerSummary(
                    reference, process: claim.process, proof: claim.proof, host: host)
                if let summary { running.containers.append(summary) }
            }
        }
        return running
    }

    /// The error for a name that the engine does not know, or whose container does not run.
    func none(_ name: String, _ reason: String) -> ContainerError {
        ContainerError(.noSuchContainer, "container \(self.name):\(name) does not run: \(reason)")
    }
}

/// What a look at engines has found.
public struct RunningContainers: Sendable {
    /// Those that run.
    public var containers: [ContainerSummary] = []
    /// What could not be looked at: a state that cannot be read, a daemon that does not answer.
    public var problems: [ContainerError] = []
}
