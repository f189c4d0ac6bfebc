public import LinuxSystem
internal import SystemPackage

extension ContainerEntries {
    /// Makes an entry, and the directories that are missing on the way to it, first.
    ///
    /// `record` is given each entry when it is complete but for its name. It is to be on disk when `record` returns.
    /// Nothing is taken back when something fails: ``undo(_:made:in:)`` does that, with what was recorded, as it does
    /// after a kill.
    ///
    /// - Throws: ``DeviceAccessError``: `alreadyThere`, and what ``look(_:in:)`` throws; `userNamespace`, `readOnly`,
    ///   `replaced` when the container swapped what we made. And what `record` throws.
    public func make(
        _ plan: EntryPlan, in root: borrowing RootDirectory, record: (MadeEntry) throws -> Void
    ) throws {
        let attempt = "make \(plan)"
        // From here on no path is looked up again: the container may swap its /dev as it likes.
        var way = try way(to: plan, in: root, for: attempt)
        for name in way.missing.dropLast() {
            way.path.append(name)
            let made = try stage(
                EntryPlan(way.path, .directory, ownership: .directory), as: name, in: way.directory, record)
            let next = try attempting(attempt, { () throws(SystemError) in try way.directory.directory(name) })
            guard
                try attempting(attempt, { () throws(SystemError) in try next.descriptor.status().identity })
                    == made.identity
            else {
                throw DeviceAccessError(.replaced, attempt, "the container has replaced \(way.path) meanwhile")
            }
            way.directory = next
        }
        _ = try stage(plan, as: way.missing[way.missing.count - 1], in: way.directory, record)
    }

    private func stage(
        _ plan: EntryPlan, as name: String, in directory: borrowing Directory, _ record: (MadeEntry) throws -> Void
    ) throws -> MadeEntry {
        let attempt = "make \(plan)"
        if let found = try attempting(attempt, { () throws(SystemError) in try FoundEntry(name, in: directory) }) {
            guard found.content == plan.content else { throw DeviceAccessError.taken(by: found, attempt) }
            throw DeviceAccessError(
                .alreadyThere, attempt, "it is there already, and was not made by hostdev",
                remedy: "take it away, or use it as it is")
        }
        let made = try attempting(attempt, { () throws(SystemError) in try complete(plan, in: directory) })
        try record(made)
        do throws(SystemError) {
            try directory.rename(temporaryName, to: name)
        } catch {
            guard error.code == .fileExists,
                let found = try attempting(attempt, { () throws(SystemError) in try FoundEntry(name, in: directory) })
            else { throw DeviceAccessError(error, attempt) }
            throw DeviceAccessError.taken(by: found, attempt)
        }
        let found = try attempting(attempt, { () throws(SystemError) in try FoundEntry(name, in: directory) })
        guard let found, found.isStill(made) else {
            let what = found.map { "\($0)" } ?? "nothing"
            throw DeviceAccessError(.replaced, attempt, "the container has put \(what) in its place meanwhile")
        }
        return made
    }

    /// Makes an entry under the temporary name and gives it its owner and mode there, where nobody looks for it.
    private func complete(_ plan: EntryPlan, in directory: borrowing Directory) throws(SystemError) -> MadeEntry {
        switch plan.content {
        case .directory: try directory.makeDirectory(temporaryName, mode: 0)
        case .node(let device): try directory.makeNode(temporaryName, device)
        case .link(let text): try directory.makeLink(temporaryName, to: text)
        }
        // The container can see the temporary name, and put something else there. What is no longer of the kind that
        // was made is left alone; what is, is changed and moved as one file, by its identity.
        guard let found = try FoundEntry(temporaryName, in: directory), found.content == plan.content else {
            throw SystemError(.fileExists, "make", directory.name.appending(temporaryName).string)
        }
        let identity = found.status.identity
        // A link has no mode, and belongs to who made it.
        if found.status.kind != .symbolicLink {
            let owner = plan.ownership
            try directory.setOwner(
                temporaryName, ifStill: identity, user: owner.user, group: owner.group, mode: owner.mode)
        }
        return MadeEntry(path: plan.path, content: plan.content, identity: identity)
    }
}
