internal import LinuxSystem

/// A name without an engine: every engine is asked for it.
struct BareName {
    let name: String

    init(_ name: String) {
        self.name = name
    }

    /// Pins the one container of that name.
    ///
    /// Engines build on each other: the first of several that lead to one process has its name. An engine that cannot be
    /// asked might have another container of the name, so that this is an error too. A container that does not run keeps
    /// its name: a process of that number, or a namespace that happens to be called so, is not meant by it.
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

    /// What all engines say: those that run, the first that an engine knows and that does not run, and why something else of
    /// the name is none.
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
                    // It lists them by names that lead to one.
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

    /// The container that a network namespace belongs to, under whatever name an engine has mounted it. One that several
    /// share, or none has, is meant itself.
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

/// What is remembered of a container: containers themselves cannot be kept in an array.
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

    /// Whether another engine had it before. A namespace without a process may be a name that an engine gave to that of its
    /// container.
    func isSame(as other: Match) -> Bool {
        process == nil ? other.network == network : other.process == process
    }
}
