internal import ByteStrings
internal import Containers
internal import HostdevModel
internal import LinuxSystem

/// The container whose records are meant: the one that a reference leads to, looked up once, or else one that has died.
struct ContainerLookup {
    let reference: ContainerReference
    private let identity: ContainerIdentity?
    private let failure: ContainerError?

    init(_ reference: ContainerReference) throws {
        self.reference = reference
        do throws(ContainerError) {
            identity = try Containers.container(reference).identity
            failure = nil
        } catch {
            // Which of several is meant, the records do not know either.
            if reference.engine == nil, error.code != .noSuchContainer { throw error }
            identity = nil
            failure = error
        }
    }

    /// Its records: by the reference that was used, and by any other that leads to the same container. One that has died
    /// is known by its bare name too, and by its process. A container that nobody knows has none, where it may be gone;
    /// else it is an error.
    func records(in journal: Journal, mayBeGone: Bool = false) throws -> [Record] {
        let text = reference.description
        let records = try journal.records(mentioning: searchKeys).filter { record in
            ByteString(record.container.reference) == ByteString(text)
                || identity.map(record.isOf) ?? reference.meant(record.container)
        }
        let named = Set(records.map { ByteString($0.container.reference) })
        guard reference.engine != nil || identity != nil || named.count < 2 else {
            throw PassthroughError(
                .usage,
                "several containers that have died were called '\(text)': \(named.sorted().map(\.text).joined(separator: ", "))"
            )
        }
        // Of a container that has died, what it had is still known.
        if records.isEmpty, let failure, !mayBeGone || failure.code != .noSuchContainer { throw failure }
        return records
    }

    /// Texts of which one stands in each of its records. Nil if XML writes the reference in another way, so that no text of a
    /// record shows it.
    private var searchKeys: [String]? {
        let isFound = !reference.description.utf8.contains(where: "&<>'\"".utf8.contains)
        return isFound ? reference.searchKeys + [identity?.network.description].compactMap(\.self) : nil
    }

    /// The records that cannot be read and may be its.
    func unreadable(in journal: Journal) throws -> [UnreadableRecord] {
        try journal.entries().unreadable.filter { $0.mayMention(searchKeys ?? [], as: "reference") }
    }
}

// What a reference says of a container that has died: there is nothing left that it could lead to but a record.
extension ContainerReference {
    /// Texts of which one stands in every record that may be meant.
    fileprivate var searchKeys: [String] {
        let description = ByteString(description).xmlText
        return engine == "pid" ? [description, "process='\(name)'"] : [description]
    }

    /// Whether it meant that container while that lived: its name without the engine, or its process.
    fileprivate func meant(_ container: ContainerIdentity) -> Bool {
        switch engine {
        case nil: (try? ContainerReference(container.reference)).map { ByteString($0.name) } == ByteString(name)
        case "pid": container.process.map { String($0.id) } == name
        default: false
        }
    }
}

/// Whether the container of a record runs. What cannot be found out is an answer of its own: nothing is deleted, given up or
/// called done because of it.
enum ContainerLife: ~Copyable {
    /// It runs, and is pinned.
    case running(Container)
    /// It has ended: its processes and its files are gone.
    case ended
    /// The kernel would not say, for want of descriptors, memory or a permission.
    case unknown(PassthroughError)
}

extension ContainerIdentity {
    /// Asks whether it runs.
    func life(_ paths: ContainerPaths = ContainerPaths()) -> ContainerLife {
        do throws(PassthroughError) {
            return .running(try pinned(paths))
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
    func pinned(_ paths: ContainerPaths = ContainerPaths()) throws(PassthroughError) -> Container {
        do {
            // Its engine may call it something else by now, or may not answer: a process is known by its number and start.
            let container =
                if let process {
                    try Container(
                        ContainerReference(reference), process: process.id, startTime: process.startTime, paths)
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
