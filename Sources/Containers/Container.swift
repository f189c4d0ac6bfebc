public import LinuxSystem
public import SystemPackage

/// A running container, pinned: it is held by its pidfd and open namespaces, which live at least as long as this value. Names
/// and process ids are looked up once, and never again.
public struct Container: ~Copyable, Sendable {
    /// The full reference.
    public let reference: ContainerReference
    /// The init process. Nil for a network namespace without one.
    public let process: PinnedProcess?
    /// The network namespace.
    public let network: Namespace
    /// The files and control groups. Nil for a bare network namespace.
    public let files: ContainerFiles?
    /// Where its parts were, as a hook of its engine was told.
    package private(set) var paths = ContainerPaths()

    /// Whether it still runs. Always true for a bare network namespace.
    public var isAlive: Bool {
        get throws(SystemError) { try process?.descriptor.isAlive ?? true }
    }
}

/// A process, held by its pidfd, that was proven to be the container's.
public final class PinnedProcess: Sendable {
    /// The pidfd.
    public let descriptor: ProcessDescriptor
    /// The start time in clock ticks after boot. With the process id it identifies the process in a record.
    public let startTime: UInt64
    /// The process id on the host.
    public var id: Int32 { descriptor.id }

    private init(_ descriptor: consuming ProcessDescriptor, startTime: UInt64) {
        self.descriptor = descriptor
        self.startTime = startTime
    }

    /// Opens the pidfd of a process, and then reads its status.
    static func pin(_ id: Int32) throws(SystemError) -> (process: PinnedProcess, status: ProcessStatus) {
        let descriptor = try ProcessDescriptor(id)
        let status = try ProcessStatus(of: id)
        return (PinnedProcess(descriptor, startTime: status.startTime), status)
    }
}

/// Where the parts of a container are that a hook of its engine was told of. What is nil is what the container's process has.
public struct ContainerPaths: Hashable, Sendable {
    /// The file of the network namespace: `/run/netns/web`, `/proc/4242/ns/net`.
    public var network: FilePath?
    /// The file of the mount namespace.
    public var mounts: FilePath?
    /// The directory that becomes the root. Before pivot_root(2) the process has another one.
    public var root: FilePath?
    /// The control groups that filter its devices.
    public var groups: DeviceControlGroups?

    /// Paths; by default none.
    public init(
        network: FilePath? = nil, mounts: FilePath? = nil, root: FilePath? = nil, groups: DeviceControlGroups? = nil
    ) {
        self.network = network
        self.mounts = mounts
        self.root = root
        self.groups = groups
    }
}

/// What is needed to give a container device nodes: its file system, id maps and control groups.
public final class ContainerFiles: Sendable {
    /// The root directory. The container controls everything below it.
    public let root: RootDirectory
    /// The mount namespace.
    public let mounts: Namespace
    /// How its user ids map to the host's.
    public let userIDs: IDMap
    /// How its group ids map to the host's.
    public let groupIDs: IDMap
    /// The control groups that filter its devices.
    public let groups: DeviceControlGroups

    init(
        root: consuming RootDirectory, mounts: consuming Namespace, userIDs: IDMap, groupIDs: IDMap,
        groups: DeviceControlGroups
    ) {
        self.root = root
        self.mounts = mounts
        self.userIDs = userIDs
        self.groupIDs = groupIDs
        self.groups = groups
    }
}

extension Container {
    /// Pins a process and what belongs to it. The pidfd is opened first, everything else by the process id, and then the pidfd
    /// is checked: if the process had ended meanwhile, the rest could belong to another one.
    ///
    /// - Parameters:
    ///   - proof: checks whether the process is the container's, while the pidfd is open.
    ///   - found: where its parts are, if they are not what the process has.
    init(
        _ reference: ContainerReference, process id: Int32, proof: ProcessProof = { (_, _) in },
        found: ContainerPaths = ContainerPaths()
    ) throws(ContainerError) {
        guard id > 0 else {
            throw ContainerError(
                .noSuchContainer,
                "container \(reference) does not run: its engine names process \(id), so it is starting, or has stopped"
            )
        }
        let process: PinnedProcess
        let status: ProcessStatus
        do throws(SystemError) {
            (process, status) = try PinnedProcess.pin(id)
        } catch {
            throw Self.failure(error, of: reference, "there is no process \(id)")
        }
        do throws(NotProven) {
            try proof(id, status)
        } catch {
            if let failure = error.failure { throw Self.failure(failure, of: reference, "") }
            throw ContainerError(.noSuchContainer, "container \(reference) does not run: \(error.reason)")
        }
        do throws(SystemError) {
            let network = try Namespace(.network, path: found.network ?? processFile(id, "ns/net"))
            let root = try RootDirectory(found.root ?? processFile(id, "root"))
            let mounts = try Namespace(.mount, path: found.mounts ?? processFile(id, "ns/mnt"))
            let userIDs = try IDMap(path: processFile(id, "uid_map"))
            let groupIDs = try IDMap(path: processFile(id, "gid_map"))
            let groups = if let known = found.groups { known } else { try DeviceControlGroups(of: id) }
            guard try process.descriptor.isAlive, !status.hasEnded else {
                throw SystemError(.noSuchProcess, "pin", "process \(id)")
            }
            self.reference = reference
            paths = found
            self.process = process
            self.network = network
            self.files = ContainerFiles(
                root: root, mounts: mounts, userIDs: userIDs, groupIDs: groupIDs, groups: groups)
        } catch {
            throw Self.failure(error, of: reference, "process \(id) has ended meanwhile")
        }
    }

    /// Pins a container again by its process, without asking its engine. The error is `noSuchContainer` when the process has
    /// ended.
    public init(
        _ reference: ContainerReference, process id: Int32, startTime: UInt64,
        _ paths: ContainerPaths = ContainerPaths()
    ) throws(ContainerError) {
        try self.init(reference, process: id, proof: started(at: startTime), found: paths)
    }

    /// Pins a container that a hook of its engine was told of. Its engine is not asked.
    ///
    /// - Parameters:
    ///   - reference: the full reference by which the container is found later.
    ///   - id: its first process, as the host numbers it.
    ///   - paths: what else the hook knows.
    /// - Throws: `noSuchContainer` when the process has ended.
    public init(
        _ reference: ContainerReference, process id: Int32, _ paths: ContainerPaths
    ) throws(ContainerError) {
        try self.init(reference, process: id, found: paths)
    }

    private static func failure(
        _ error: SystemError, of reference: ContainerReference, _ absence: String
    ) -> ContainerError {
        switch error.code {
        case .noSuchProcess, .noSuchFileOrDirectory:
            ContainerError(.noSuchContainer, "container \(reference) does not run: \(absence)")
        case .permissionDenied, .notPermitted:
            ContainerError(.notPermitted, "container \(reference): \(error); this needs CAP_SYS_PTRACE")
        default: ContainerError(.kernel, "container \(reference): \(error)")
        }
    }
}
