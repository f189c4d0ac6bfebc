internal import Containers
internal import HostdevModel

/// Whether the container of a record runs. What cannot be found out is an answer of its own: nothing is forgotten, given up or
/// called done because of it.
enum ContainerLife: ~Copyable {
    /// It does, and is pinned.
    case running(Container)
    /// It has ended: its processes and its files are gone.
    case ended
    /// The kernel would not say, for want of descriptors, memory or a permission.
    case unknown(PassthroughError)
}

extension ContainerIdentity {
    /// Asks whether it runs.
    func life() -> ContainerLife {
        do throws(PassthroughError) {
            return .running(try pinned())
        } catch {
            return error.code == .noSuchContainer ? .ended : .unknown(error)
        }
    }

    /// Whether it runs no more. Throws when that cannot be found out.
    func hasEnded() throws(PassthroughError) -> Bool {
        switch life() {
        case .running: false
        case .ended: true
        case .unknown(let error): throw error
        }
    }

    /// The container, if it is still the one that was recorded. A bare network namespace is when its name still leads to
    /// it.
    ///
    /// - Throws: `no-such-container` when it has ended; anything else means that nothing is known of it.
    func pinned() throws(PassthroughError) -> Container {
        do {
            // Its engine may call it something else by now, or may not answer: a process is known by its number and start.
            let container =
                if let process {
                    try Container(ContainerReference(reference), process: process.id, startTime: process.startTime)
                } else {
                    try Containers.container(ContainerReference(reference))
                }
            guard container.identity.process == process, container.identity.network == network else {
                throw PassthroughError(.noSuchContainer, "\(reference) is another container now")
            }
            return container
        } catch {
            throw PassthroughError(error)
        }
    }
}
