internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// The containers that have attachments, and how the watcher learns of the end of each.
struct WatchedContainers {
    private enum Watch {
        /// By the pidfd of its process.
        case process(PinnedProcess)
        /// By its name, at each change of mounts: it is a network namespace without a process.
        case name
    }

    /// The container of each attachment.
    private var owners: [String: ContainerIdentity] = [:]
    private var watches: [ContainerIdentity: Watch] = [:]

    var isEmpty: Bool { owners.isEmpty }
    var ids: [String] { Array(owners.keys) }

    func ids(under lock: String) -> [String] {
        owners.filter { $0.value.lockName == lock }.keys.sorted()
    }

    func owner(_ id: String) -> ContainerIdentity? { owners[id] }

    mutating func insert(_ id: String, of container: ContainerIdentity) {
        owners[id] = container
    }

    mutating func remove(_ id: String) {
        guard let owner = owners.removeValue(forKey: id), !owners.values.contains(owner) else { return }
        watches[owner] = nil
    }

    /// Watches for a container's end from now on. Returns false if it has ended already.
    ///
    /// - Throws: an error if that cannot be found out.
    mutating func watch(_ container: ContainerIdentity) throws -> Bool {
        if case .process(let process) = watches[container], try process.descriptor.isAlive { return true }
        watches[container] = nil
        switch container.life() {
        case .running(let pinned):
            watches[container] = pinned.process.map(Watch.process) ?? .name
            return true
        case .ended: return false
        case .unknown(let error): throw error
        }
    }

    /// The processes to wait for, with their containers.
    var processes: [(container: ContainerIdentity, file: FileDescriptor)] {
        watches.compactMap { container, watch in
            guard case .process(let process) = watch else { return nil }
            return (container, process.descriptor.file)
        }
    }

    /// The containers whose end shows in the mounts.
    var named: [ContainerIdentity] {
        watches.compactMap { container, watch in if case .name = watch { container } else { nil } }
    }

    /// Stops watching for the end of a container, which was seen.
    mutating func end(_ container: ContainerIdentity) {
        watches[container] = nil
    }
}
