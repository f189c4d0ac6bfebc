public import LinuxSystem
public import SystemPackage

/// Inspects, creates and removes the entries that one attachment makes below a container's root: device nodes, links to them,
/// and the directories on the way.
///
/// The container is hostile: it may move, swap and replace anything below its root at any time. So each operation resolves a
/// directory once, inside the root, and works on that; and it removes nothing but the very file that it made.
///
/// The order in which an entry is created makes a kill at any instruction harmless. The caller records the plan and the ID.
/// ``create(_:in:record:)`` makes the entry under a temporary name that follows from the ID, hands its identity over to be
/// recorded, and only then gives the entry its name. ``remove(_:made:in:)`` needs no more than what was recorded.
public struct ContainerNodes: Sendable {
    /// The name that an entry has in its directory until it is complete.
    public let temporaryName: String
    let mounts: ContainerMounts?
    private let hostDev: FilePath

    /// The entries of an attachment.
    ///
    /// - Parameters:
    ///   - id: an ID that no other attachment of the container has, and that can be a part of a file name.
    ///   - hostDev: the host's own directory of nodes. Nothing in its file system is ever changed.
    ///   - mounts: needed for plans with ``EntryPlan/Technique/mounted``, and for every plan in a container with a user
    ///     namespace.
    public init(id: String, hostDev: FilePath = "/dev", mounts: ContainerMounts? = nil) {
        temporaryName = ".hostdev-\(id)"
        precondition(FilePath.Component(temporaryName) != nil, "an ID that makes no file name")
        self.hostDev = hostDev
        self.mounts = mounts
    }

    /// Opens a directory in which entries are created or removed. Returns nil when there is none.
    func directory(
        _ path: FilePath, in root: borrowing RootDirectory, for attempt: String
    ) throws(DeviceAccessError) -> Directory? {
        try attempting(attempt) { () throws(SystemError) in
            do throws(SystemError) {
                return try root.directory(path)
            } catch {
                guard error.code == .noSuchFileOrDirectory else { throw error }
                return nil
            }
        }
    }

    /// Returns whether a directory is in the host's devtmpfs, which a container may have as its `/dev`.
    func isHostDevtmpfs(_ directory: borrowing Directory, for attempt: String) throws(DeviceAccessError) -> Bool {
        try attempting(attempt) { () throws(SystemError) in
            try HostDevtmpfs.contains(directory.descriptor.status().identity, in: mounts, hostDev: hostDev)
        }
    }
}

/// Whether the path of a planned entry is free.
public enum PathAvailability: Hashable, Sendable {
    /// The entry can be created.
    case free
    /// The same device, link or directory is there. This attachment did not make it, and so does not remove it.
    case same
}

extension ContainerNodes {
    /// Returns whether an entry can be created. Changes nothing.
    ///
    /// - Throws: `nameTaken` when something else is there; `hostDevtmpfs` when the directory is the host's; `mountedNodev` when
    ///   a node there could not be opened; `invalidPath`, `notPermitted`, `kernel`.
    public func inspect(
        _ plan: EntryPlan, in root: borrowing RootDirectory
    ) throws(DeviceAccessError) -> PathAvailability {
        let attempt = "make \(plan)"
        let way = try way(to: plan, in: root, for: attempt)
        return try place(of: plan, on: way, for: attempt) == .same ? .same : .free
    }

    /// The deepest directory on the way to an entry that exists, and the names that are missing below it: those of
    /// directories, and last the entry's own.
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
                .invalidPath, attempt, "the path is not absolute, or has . or .. in it")
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

    /// What is at the path of a planned entry.
    enum Place {
        /// Nothing.
        case free
        /// A node of that device, over which the new one can be mounted: the host's, or one that the container cannot use.
        case covered
        /// What is planned.
        case same
    }

    func place(of plan: EntryPlan, on way: borrowing Way, for attempt: String) throws(DeviceAccessError) -> Place {
        let found = try attempting(attempt) { () throws(SystemError) in
            way.missing.count == 1 ? try FoundEntry(way.missing[0], in: way.directory) : nil
        }
        if try isHostDevtmpfs(way.directory, for: attempt) {
            guard plan.isMount, let found, found.content == plan.content else {
                throw .hostDevtmpfs(way.directory, attempt)
            }
            // A node of another file system is a mount already.
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
                .mountedNodev, attempt,
                "the container's \(way.path) is mounted nodev, so that no node there can be opened",
                remedy: "mount it without nodev")
        }
        return .free
    }
}

extension EntryPlan {
    /// Whether it is created by a mount, as only nodes are.
    var isMount: Bool {
        if case .node = content { technique != .inPlace } else { false }
    }
}

extension DeviceAccessError {
    static func taken(by found: FoundEntry, _ attempt: String) -> DeviceAccessError {
        DeviceAccessError(
            .nameTaken, attempt, "\(found) is there", remedy: "choose another name, or remove what is there")
    }

    static func hostDevtmpfs(_ directory: borrowing Directory, _ attempt: String) -> DeviceAccessError {
        DeviceAccessError(
            .hostDevtmpfs, attempt, "the container's \(directory.name) is the host's own directory of devices",
            remedy: "start the container with a /dev of its own")
    }
}
