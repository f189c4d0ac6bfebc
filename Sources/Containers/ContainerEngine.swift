internal import LinuxSystem

/// A container engine. Each is a type in `Engines/`, and is listed in ``Containers/engines``. Those whose containers have an
/// init process are ``ProcessEngine``s.
protocol ContainerEngine: Sendable {
    /// The name in references, before the colon.
    var name: String { get }

    /// What its containers can be given, and when.
    var abilities: EngineAbilities { get }

    /// Pins the running container with a name. The error is `noSuchContainer` when it does not run, or is not proven to be that
    /// container.
    func container(_ name: String) throws(ContainerError) -> Container

    /// Returns the running containers, and the errors for what could not be read.
    func running() -> RunningContainers

    /// Whether its names are given to containers. Process ids and files may belong to anything.
    var namesContainers: Bool { get }

    /// Returns the full names for which a bare name may stand.
    func names(for bareName: String) throws(ContainerError) -> [String]

    /// Returns how the engine is asked to allow a container a device. Returns nil when it changes no rules of running
    /// containers.
    func deviceRuleDelegate(of name: String) -> DeviceRuleDelegate?
}

extension ContainerEngine {
    func deviceRuleDelegate(of name: String) -> DeviceRuleDelegate? { nil }
    var namesContainers: Bool { true }
    func names(for bareName: String) throws(ContainerError) -> [String] { [bareName] }
}

/// An engine whose containers have an init process on this machine.
protocol ProcessEngine: ContainerEngine {
    /// Returns what the engine claims about the container with a name, or with an id.
    func claim(_ name: String) throws(ContainerError) -> ContainerClaim

    /// Returns its claims about all containers that may run, and the errors for those that could not be read.
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
            // A container that has stopped, or a claim that is not proven, is no problem.
            running.collect { running throws(ContainerError) in
                let summary = try ContainerSummary(
                    reference, process: claim.process, proof: claim.proof, host: host)
                if let summary { running.containers.append(summary) }
            }
        }
        return running
    }

    /// Returns the claims about some containers, and the errors for those that cannot be read. A container that does not run is
    /// no error.
    func claims<Item>(
        about items: [Item], _ claim: (Item) throws(ContainerError) -> ContainerClaim
    ) -> (claims: [ContainerClaim], problems: [ContainerError]) {
        var claims: [ContainerClaim] = []
        var problems: [ContainerError] = []
        for item in items {
            do throws(ContainerError) {
                claims.append(try claim(item))
            } catch {
                if error.code != .noSuchContainer { problems.append(error) }
            }
        }
        return (claims, problems)
    }

    /// Returns the error for a name that the engine does not have, or whose container does not run.
    func none(_ name: String, _ reason: String) -> ContainerError {
        ContainerError(.noSuchContainer, "container \(self.name):\(name) does not run: \(reason)")
    }
}

/// The running containers of engines.
public struct RunningContainers: Sendable {
    /// The containers.
    public var containers: [ContainerSummary] = []
    /// The errors for what could not be read: a state, or a daemon that does not answer.
    public var problems: [ContainerError] = []
}
