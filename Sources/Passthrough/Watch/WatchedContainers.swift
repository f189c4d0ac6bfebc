internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// The containers that have something, and how each one's end will be seen.
struct WatchedContainers {
    private enum Watch {
        /// Its process is pinned: the pidfd tells.
        case process(PinnedProcess)
        /// It is a namespace with a name: a change of mounts may be its end, and its name tells.
        case name
    }

    /// What each attachment belongs to.
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

    /// Sees to it that a container's end is seen from now on. False: it has ended already. Throws when that cannot be
    /// found out.
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

    /// The containers whose end mounts tell.
    var named: [ContainerIdentity] {
        watches.compactMap { container, watch in if case .name = watch { container } else { nil } }
    }

    /// A container's end was seen, and is seen no more.
    mutating func end(_ container: ContainerIdentity) {
        watches[container] = nil
    }
}
