internal import LinuxSystem

/// A container name without an engine, for which every engine is asked.
struct BareName {
    let name: String

    init(_ name: String) {
        self.name = name
    }

    /// Pins the only container with that name.
    ///
    /// Engines are built on each other: of several that lead to one process, the first names it. It is an error when an engine
    /// cannot be asked, since it may have another container of the name. The name of a stopped container refers to that
    /// container, and not to a process or network namespace of the same name.
    func container() throws(ContainerError) -> Container {
        let (matches, stopped, reason) = try found()
        if let stopped {
            let others = matches.filter(\.isNamed).map(\.reference.description)
            guard others.isEmpty else { throw ambiguous(others, " (and \(stopped))") }
            throw stopped
        }
        guard let match = matches.first else {
            throw reason ?? ContainerError(.noSuchContainer, "no engine has a running container '\(name)'")
        }
        guard matches.count == 1 else { throw ambiguous(matches.map(\.reference.description)) }
        return try Containers.container(match.process == nil ? owner(of: match) : match.reference)
    }

    /// Asks all engines. Returns the running containers, the error for the first one that an engine has and that does not run,
    /// and the error for anything else of the name.
    private func found() throws(ContainerError) -> (matches: [Match], stopped: ContainerError?, reason: ContainerError?)
    {
        var matches: [Match] = []
        var stopped: ContainerError?
        var reason: ContainerError?
        for engine in Containers.engines {
            for full in try names(engine) {
                do throws(ContainerError) {
                    let match = Match(try engine.container(full), isNamed: engine.namesContainers)
                    if !matches.contains(where: match.isSame) { matches.append(match) }
                } catch {
                    switch error.code {
                    case .noSuchContainer where error.isKnown && engine.namesContainers: stopped = stopped ?? error
                    case .noSuchContainer where error.isKnown: reason = reason ?? error
                    case .noSuchContainer, .invalidReference: continue
                    // Each full name of the engine leads to one container.
                    case .ambiguous: throw error
                    default: throw untold(engine, error)
                    }
                }
            }
        }
        return (matches, stopped, reason)
    }

    private func names(_ engine: any ContainerEngine) throws(ContainerError) -> [String] {
        do throws(ContainerError) { return try engine.names(for: name) } catch { throw untold(engine, error) }
    }

    /// Returns the container to which a network namespace belongs, whatever the name of its mount. A namespace that several
    /// containers share, or that none has, stands for itself.
    private func owner(of match: Match) -> ContainerReference {
        let owners = Containers.running().containers.filter { $0.process != nil && $0.network == match.network }
        return owners.count == 1 ? owners[0].reference : match.reference
    }

    private func untold(_ engine: any ContainerEngine, _ error: ContainerError) -> ContainerError {
        ContainerError(
            error.code,
            "'\(name)' may be a container of \(engine.name), which cannot be told (\(error)): write ENGINE:\(name)")
    }

    private func ambiguous(_ references: [String], _ more: String = "") -> ContainerError {
        ContainerError(
            .ambiguous, "several containers are called '\(name)': \(references.joined(separator: ", "))\(more)")
    }
}

/// What identifies a container. The noncopyable containers themselves cannot be kept in an array.
private struct Match {
    let reference: ContainerReference
    let process: Int32?
    let network: FileIdentity
    let isNamed: Bool

    init(_ container: borrowing Container, isNamed: Bool) {
        reference = container.reference
        process = container.process?.id
        network = container.network.identity
        self.isNamed = isNamed
    }

    /// Returns whether it is the same as one of an earlier engine. A network namespace without a process may be that of an
    /// engine's container.
    func isSame(as other: Match) -> Bool {
        process == nil ? other.network == network : other.process == process
    }
}
