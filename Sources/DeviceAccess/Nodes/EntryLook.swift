public import LinuxSystem
internal import SystemPackage

/// What is where an entry is to be.
public enum EntryPresence: Hashable, Sendable {
    /// Nothing that is in the way: it can be made.
    case absent
    /// The same device, link or directory already. We did not make it, so we shall not remove it either.
    case same
}

extension ContainerNodes {
    /// Looks whether an entry can be made, and changes nothing.
    ///
    /// - Throws: `nameTaken` when something else is there, `hostDevtmpfs` and `mountedNodev` when a node must not or
    ///   need not be made in that file system, `invalidPath`.
    public func inspect(
        _ plan: EntryPlan, in root: borrowing RootDirectory
    ) throws(DeviceAccessError) -> EntryPresence {
        let attempt = "make \(plan)"
        let way = try way(to: plan, in: root, for: attempt)
        return try place(of: plan, on: way, for: attempt) == .same ? .same : .absent
    }

    /// The deepest directory on the way to an entry that is there, and the names that are missing below it: those of
    /// directories, and the entry's own at the end.
    struct Way: ~Copyable {
        var directory: Directory
        var path: FilePath
        let missing: [String]
    }

    func way(
        to plan: EntryPlan, in root: borrowing RootDirectory, for attempt: String
    ) throws(DeviceAccessError) -> Way {
        guard plan.path.isAbsolute, !plan.path.components.isEmpty,
            plan.path.components.allSatisfy({ $0.kind == .regular })
        else {
            throw DeviceAccessError(
                .invalidPath, attempt, "it is no absolute path of an entry, or has . or .. in it")
        }
        var path = plan.path
        var missing: [String] = []
        while let name = path.lastComponent?.string {
            path.removeLastComponent()
            missing.insert(name, at: 0)
            guard let directory = try directory(path, in: root, for: attempt) else { continue }
            return Way(directory: directory, path: path, missing: missing)
        }
        throw DeviceAccessError(.kernel, attempt, "the container has no root directory")
    }

    /// What an entry's place is like.
    enum Place {
        /// It can be made there.
        case free
        /// A node of that device, over which it can be mounted: the host's own, or one that does not serve.
        case covered
        /// What is planned is there already.
        case same
    }

    func place(of plan: EntryPlan, on way: borrowing Way, for attempt: String) throws(DeviceAccessError) -> Place {
        let found = try attempting(attempt) { () throws(SystemError) in
            way.missing.count == 1 ? try FoundEntry(way.missing[0], in: way.directory) : nil
        }
        if try isHosts(way.directory, for: attempt) {
            guard plan.isMount, let found, found.content == plan.content else {
                throw .hostDevtmpfs(way.directory, attempt)
            }
            // On another file system it is somebody's mount already.
            let device = try attempting(attempt) { () throws(SystemError) in
                try way.directory.descriptor.status().identity.device
            }
            return found.status.identity.device == device || plan.technique == .covering ? .covered : .same
        }
        if let found {
            guard found.content == plan.content else { throw .taken(by: found, attempt) }
            return plan.technique == .covering ? .covered : .same
        }
        if case .node = plan.content, !plan.isMount,
            try attempting(attempt, { () throws(SystemError) in try way.directory.isNodev })
        {
            throw DeviceAccessError(
                .mountedNodev, attempt, "the container's \(way.path) is mounted nodev: a node there cannot be opened",
                remedy: "mount it without nodev")
        }
        return .free
    }
}

extension EntryPlan {
    /// Whether it is made by a mount: nothing but a node is.
    var isMount: Bool {
        if case .node = content { technique != .inPlace } else { false }
    }
}

extension DeviceAccessError {
    static func taken(by found: FoundEntry, _ attempt: String) -> DeviceAccessError {
        DeviceAccessError(
            .nameTaken, attempt, "\(found) is there", remedy: "choose another name, or take away what is there")
    }

    static func hostDevtmpfs(_ directory: borrowing Directory, _ attempt: String) -> DeviceAccessError {
        DeviceAccessError(
            .hostDevtmpfs, attempt, "the container's \(directory.name) is the host's own directory of devices",
            remedy: "start the container with a /dev of its own")
    }
}
