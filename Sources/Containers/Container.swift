public import LinuxSystem
internal import SystemPackage

/// A running container, pinned: its process cannot turn into another, and its namespaces live at least as long as this
/// value. Names and numbers were looked up once, and nothing here looks them up again.
public struct Container: ~Copyable, Sendable {
    /// Its full reference.
    public let reference: ContainerReference
    /// Its init process. Nil for a network namespace without one.
    public let process: PinnedProcess?
    /// Its network namespace.
    public let network: Namespace
    /// Its files and what filters its devices. Nil for a bare network namespace.
    public let files: ContainerFiles?

    /// Whether it still runs. A bare network namespace always does.
    public var isAlive: Bool {
        get throws(SystemError) { try process?.descriptor.isAlive ?? true }
    }
}

/// A process that was proven to be the one that was meant.
public final class PinnedProcess: Sendable {
    /// Its pidfd.
    public let descriptor: ProcessDescriptor
    /// When it started, in clock ticks after boot: with its number, it names the process in a record.
    public let startTime: UInt64
    /// Its number on the host.
    public var id: Int32 { descriptor.id }

    private init(_ descriptor: consuming ProcessDescriptor, startTime: UInt64) {
        self.descriptor = descriptor
        self.startTime = startTime
    }

    /// Pins a process by its number, and then reads what it is.
    static func pin(_ id: Int32) throws(SystemError) -> (process: PinnedProcess, status: ProcessStatus) {
        let descriptor = try ProcessDescriptor(id)
        let status = try ProcessStatus(of: id)
        return (PinnedProcess(descriptor, startTime: status.startTime), status)
    }
}

/// What is needed to give a container device nodes.
public final class ContainerFiles: Sendable {
    /// Its root directory. What is below it belongs to the container, and is not to be trusted.
    public let root: RootDirectory
    /// Its mount namespace.
    public let mounts: Namespace
    /// Which user ids of the host its ids are.
    public let userIDs: IDMap
    /// Which group ids of the host its ids are.
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
    /// Pins a process and all that belongs to it: the pidfd first, everything else through the number, and then the
    /// pidfd again: had the process ended meanwhile, the rest could be another's.
    ///
    /// The proof is asked in between: whether that process is the one that was meant.
    init(
        _ reference: ContainerReference, process id: Int32, proof: ProcessProof = { (_, _) in }
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
            let network = try Namespace(.network, path: processFile(id, "ns/net"))
            let root = try RootDirectory(processFile(id, "root"))
            let mounts = try Namespace(.mount, path: processFile(id, "ns/mnt"))
            let userIDs = try IDMap(path: processFile(id, "uid_map"))
            let groupIDs = try IDMap(path: processFile(id, "gid_map"))
            let groups = try DeviceControlGroups(of: id)
            guard try process.descriptor.isAlive, !status.hasEnded else {
                throw SystemError(.noSuchProcess, "pin", "process \(id)")
            }
            self.reference = reference
            self.process = process
            self.network = network
            self.files = ContainerFiles(
                root: root, mounts: mounts, userIDs: userIDs, groupIDs: groupIDs, groups: groups)
        } catch {
            throw Self.failure(error, of: reference, "process \(id) has ended meanwhile")
        }
    }

    /// Pins a container that was pinned before, by what was noted of its process then. Its engine is not asked again: the
    /// kernel knows better whether that process is there.
    public init(_ reference: ContainerReference, process id: Int32, startTime: UInt64) throws(ContainerError) {
        try self.init(reference, process: id, proof: started(at: startTime))
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
