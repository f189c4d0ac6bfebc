internal import ByteStrings
internal import Containers
internal import HostdevModel
internal import LinuxSystem

/// The container whose records are meant: the one that a reference leads to, looked up once, or else one that has died.
struct MeantContainer {
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
        let records = try journal.records(mentioning: signs).filter { record in
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

    /// What stands in each of its records. Nil: what XML writes in another way is not to be found as it is.
    private var signs: [String]? {
        let isFound = !reference.description.utf8.contains(where: "&<>'\"".utf8.contains)
        return isFound ? reference.signs + [identity?.network.description].compactMap(\.self) : nil
    }

    /// The records that cannot be read and may be its.
    func unreadable(in journal: Journal) throws -> [UnreadableRecord] {
        try journal.entries().unreadable.filter { $0.mayMention(signs ?? [], as: "reference") }
    }
}

// What a reference says of a container that has died: there is nothing left that it could lead to but a record.
extension ContainerReference {
    /// What stands in every record that may be meant.
    fileprivate var signs: [String] {
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
