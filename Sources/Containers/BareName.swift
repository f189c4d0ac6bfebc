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
    /// asked might have another container of the name, so that this is an error too.
    func container() throws(ContainerError) -> Container {
        var matches: [Container.Found] = []
        for engine in Containers.engines {
            do throws(ContainerError) {
                let container = try engine.container(name)
                let process = container.process?.id
                let network = container.network.identity
                // A namespace without a process may be a name that an engine gave to that of its container.
                let isKnown = matches.contains { process == nil ? $0.network == network : $0.process == process }
                guard !isKnown else { continue }
                matches.append(Container.Found(reference: container.reference, process: process, network: network))
            } catch {
                switch error.code {
                case .noSuchContainer, .invalidReference: continue
                default:
                    throw ContainerError(
                        error.code,
                        "'\(name)' may be a container of \(engine.name), which cannot be told (\(error)): write ENGINE:\(name)"
                    )
                }
            }
        }
        guard let match = matches.first else {
            throw ContainerError(.noSuchContainer, "no engine has a running container '\(name)'")
        }
        guard matches.count == 1 else {
            let candidates = matches.map(\.reference.description).joined(separator: ", ")
            throw ContainerError(.ambiguous, "several containers are called '\(name)': \(candidates)")
        }
        return try Containers.container(match.reference)
    }
}

extension Container {
    /// What is remembered of a match: containers themselves cannot be kept in an array.
    fileprivate struct Found {
        let reference: ContainerReference
        let process: Int32?
        let network: FileIdentity
    }
}
