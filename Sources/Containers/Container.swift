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
        process?.descriptor.isAlive ?? true
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

    init(descriptor: consuming ProcessDescriptor, startTime: UInt64) {
        self.descriptor = descriptor
        self.startTime = startTime
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
    init(_ reference: ContainerReference, process id: Int32) throws(ContainerError) {
        do throws(SystemError) {
            let descriptor = try ProcessDescriptor(id)
            let status = try ProcessStatus(of: id)
            let network = try Namespace(.network, path: processFile(id, "ns/net"))
            let root = try RootDirectory(processFile(id, "root"))
            let mounts = try Namespace(.mount, path: processFile(id, "ns/mnt"))
            let userIDs = try IDMap(path: processFile(id, "uid_map"))
            let groupIDs = try IDMap(path: processFile(id, "gid_map"))
            let groups = try DeviceControlGroups(of: id)
            guard descriptor.isAlive, !status.hasEnded else {
                throw SystemError(.noSuchProcess, "pin", "process \(id)")
            }
            self.reference = reference
            self.process = PinnedProcess(descriptor: descriptor, startTime: status.startTime)
            self.network = network
            self.files = ContainerFiles(
                root: root, mounts: mounts, userIDs: userIDs, groupIDs: groupIDs, groups: groups)
        } catch {
            switch error.code {
            case .noSuchProcess, .noSuchFileOrDirectory:
                throw ContainerError(.noSuchContainer, "container \(reference) does not run: there is no process \(id)")
            case .permissionDenied, .notPermitted:
                throw ContainerError(.notPermitted, "container \(reference): \(error); this needs CAP_SYS_PTRACE")
            default: throw ContainerError(.kernel, "container \(reference): \(error)")
            }
        }
    }
}
