internal import ByteStrings
public import LinuxSystem
internal import SystemPackage

extension ContainerNodes {
    /// Creates an entry, after the directories that are missing on the way to it.
    ///
    /// After a failure nothing is removed: ``remove(_:made:in:)`` does that with what was recorded, as it does after a kill.
    ///
    /// - Parameter record: is called for each file that is complete but for its name or place, and has to bring it to disk
    ///   before it returns. A node that is mounted has two files: the empty file below, and the node.
    /// - Throws: ``DeviceAccessError``: `alreadyThere`; what ``inspect(_:in:)`` throws; `userNamespace`, `readOnly`; `replaced`
    ///   when the container swapped a file meanwhile. And what `record` throws.
    public func create(
        _ plan: EntryPlan, in root: borrowing RootDirectory, record: (MadeEntry) throws -> Void
    ) throws {
        let attempt = "make \(plan)"
        // From here on no path is resolved again: the container may swap its /dev at any time.
        var way = try way(to: plan, in: root, for: attempt)
        let place = try place(of: plan, on: way, for: attempt)
        if plan.isMount { try refuseSharing(way.directory, for: attempt) }
        for name in way.missing.dropLast() {
            way.path.append(name)
            let made = try stage(
                EntryPlan(way.path, .directory, ownership: directories), as: name, in: way.directory, record)
            let next = try attempting(attempt) { () throws(SystemError) in try way.directory.directory(name) }
            let identity = try attempting(attempt) { () throws(SystemError) in try next.descriptor.status().identity }
            guard identity == made.identity else {
                throw DeviceAccessError(.replaced, attempt, "the container has replaced \(way.path) meanwhile")
            }
            way.directory = next
        }
        let name = way.missing[way.missing.count - 1]
        if place != .covered { _ = try stage(plan, as: name, in: way.directory, record) }
        if plan.isMount { try mount(plan, on: name, in: way.directory, record) }
    }

    /// The ownership of directories that are made on the way: root's and readable by all, as those in `/dev` are.
    private var directories: Ownership {
        Ownership(user: mounts?.user ?? 0, group: mounts?.group ?? 0, mode: 0o755)
    }

    private func stage(
        _ plan: EntryPlan, as name: String, in directory: borrowing Directory, _ record: (MadeEntry) throws -> Void
    ) throws -> MadeEntry {
        let attempt = "make \(plan)"
        func found() throws(DeviceAccessError) -> FoundEntry? {
            try attempting(attempt) { () throws(SystemError) in try FoundEntry(name, in: directory) }
        }
        if let found = try found() {
            guard found.content == plan.content else { throw DeviceAccessError.taken(by: found, attempt) }
            throw DeviceAccessError(
                .alreadyThere, attempt, "it is there already, and was not made by hostdev",
                remedy: "remove it, or use it as it is")
        }
        let made = try attempting(attempt) { () throws(SystemError) in try complete(plan, in: directory) }
        try record(made)
        do throws(SystemError) {
            try asOwner { () throws(SystemError) in try directory.rename(temporaryName, to: name) }
        } catch {
            guard error.code == .fileExists, let found = try found() else { throw DeviceAccessError(error, attempt) }
            throw DeviceAccessError.taken(by: found, attempt)
        }
        try expect(made, try found(), attempt)
        return made
    }

    /// Makes an entry under the temporary name, and sets its owner and mode before anybody looks for it.
    private func complete(_ plan: EntryPlan, in directory: borrowing Directory) throws(SystemError) -> MadeEntry {
        try asOwner { () throws(SystemError) in
            switch plan.content {
            case .directory: try directory.makeDirectory(temporaryName, mode: 0)
            case .node where plan.isMount: try directory.makeFile(temporaryName)
            case .node(let device): try directory.makeNode(temporaryName, device)
            case .link(let text): try directory.makeLink(temporaryName, to: text.text)
            }
        }
        // The container can see the temporary name, and put something else there. Something of another kind is left alone.
        // Whatever else is there is changed and renamed as one file, by its identity.
        guard let found = try FoundEntry(temporaryName, in: directory), found.isStaged(for: plan) else {
            throw SystemError(.fileExists, "make", directory.name.appending(temporaryName).string)
        }
        let identity = found.status.identity
        // A link has no mode and needs no owner. The empty file is covered by a mount.
        if !plan.isMount, found.status.kind != .symbolicLink {
            let owner = plan.ownership
            try directory.setOwner(
                temporaryName, ifStill: identity, user: owner.user, group: owner.group, mode: owner.mode)
        }
        return MadeEntry(path: plan.path, content: plan.content, identity: identity, isPlaceholder: plan.isMount)
    }

    /// Runs a call that makes a name in a directory. The file system of a user namespace refuses one to a user who has no id
    /// in that namespace, whatever the user's capabilities.
    private func asOwner(_ body: () throws(SystemError) -> Void) throws(SystemError) {
        guard let mounts else { return try body() }
        try withFileSystemIDs(mounts.user, mounts.group, body)
    }

    /// Throws when what is mounted in a directory would show on the host.
    private func refuseSharing(_ directory: borrowing Directory, for attempt: String) throws(DeviceAccessError) {
        let reachesHost = try attempting(attempt) { () throws(SystemError) in
            try mounts?.reachHost(from: directory) == true
        }
        guard reachesHost else { return }
        throw DeviceAccessError(
            .hostDevtmpfs, attempt, "the container shares mounts in \(directory.name) with the host",
            remedy: "run mount --make-rprivate in the container")
    }

    /// Makes a node in a file system of the host's, and mounts it over an entry.
    private func mount(
        _ plan: EntryPlan, on name: String, in directory: borrowing Directory, _ record: (MadeEntry) throws -> Void
    ) throws {
        let attempt = "make \(plan)"
        guard let mounts, case .node(let device) = plan.content else {
            preconditionFailure("a plan with a mount needs ContainerMounts")
        }
        let node = try attempting(attempt) { () throws(SystemError) in try PrivateNode(device, plan.ownership) }
        let made = MadeEntry(path: plan.path, content: plan.content, identity: node.identity)
        try record(made)
        try attempting(attempt) { () throws(SystemError) in
            try mounts.inside { () throws(SystemError) in try Mount.attach(node.mount, on: name, in: directory) }
        }
        let found = try attempting(attempt) { () throws(SystemError) in try FoundEntry(name, in: directory) }
        try expect(made, found, attempt)
    }

    /// Throws unless the file that is found is the one that was made.
    private func expect(_ made: MadeEntry, _ found: FoundEntry?, _ attempt: String) throws(DeviceAccessError) {
        guard found?.isStill(made) != true else { return }
        let what = found.map { "\($0)" } ?? "nothing"
        throw DeviceAccessError(.replaced, attempt, "the container has put \(what) in its place meanwhile")
    }
}
