internal import LinuxSystem
internal import SystemPackage

/// What happens in a state directory.
struct StateEvents: ~Copyable {
    enum Event: Hashable {
        /// A record was written, for the first time or again.
        case written(id: String)
        /// A record was removed.
        case removed(id: String)
        /// A run ended without giving up a lock: it was killed. Or one gave up waiting for it.
        case left(lock: String)
        /// The lock of a watcher is free.
        case watcherLeft
        /// Something was missed: all has to be looked at again.
        case lost
    }

    private let folders: DirectoryWatch

    /// Tells of what happens from now on.
    init(in state: StateDirectory) throws {
        try state.make()
        var folders = try DirectoryWatch()
        try folders.add(state.attachments, [.movedHere, .removed])
        // A run removes the file of a lock before it releases the lock: a file that is closed under its name was held by a run that
        // was killed.
        try folders.add(state.locks, [.closed, .removed])
        self.folders = folders
    }

    /// What to wait on.
    var file: FileDescriptor { folders.file }

    /// What has happened since the last call, in its order.
    func read() throws -> [Event] {
        try folders.read().compactMap { event in
            guard case .entry(let name, let folder, let kinds) = event else { return .lost }
            if folder == 0 {
                return Journal.id(ofFile: name).map { kinds.contains(.removed) ? .removed(id: $0) : .written(id: $0) }
            }
            if name == StateDirectory.watcherLock { return .watcherLeft }
            return kinds.contains(.removed) ? nil : .left(lock: name)
        }
    }
}
