internal import Glibc
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// Recovers containers as they end. It remembers which attachment belongs to which container, and nothing else: what has to be
/// done is found out anew each time, by the code and under the locks of `recover`.
struct Watcher: ~Copyable {
    /// Why it leaves.
    enum End {
        case stopped
        case idle
    }

    private let backend: Backend
    private let tell: (WatchEvent) -> Void
    private var events: StateEvents
    /// Readable after each change of the mounts in this mount namespace: proc_pid_mountinfo(5).
    private let mounts: Descriptor
    /// Uevents of devices that come and go.
    private let devices: UeventMonitor
    private var containers = WatchedContainers()
    private var work = PendingWork<Job>()
    /// The unreadable records that have been reported.
    private var unreadable: Set<UnreadableRecord> = []
    /// Whether the folders that are listened to may be others by now.
    private var hasLostEvents = false

    private enum Job: Hashable {
        /// To recover a container, by the name of its lock.
        case container(String)
        /// To read a record, by its id.
        case record(String)
        /// To compare the records with the host's devices.
        case devices
        /// To check everything that is there.
        case everything
    }

    /// Starts to listen.
    init(_ backend: Backend, tell: @escaping (WatchEvent) -> Void) throws {
        var backend = backend
        // A container that another run is working on is tried again later, and delays no other.
        backend.timeout = .milliseconds(100)
        // The watcher reports each of them itself, once.
        backend.setAside = { _ in }
        let mounts = try Descriptor.open("/proc/thread-self/mountinfo")
        let devices = try UeventMonitor()
        events = try StateEvents(in: backend.state)
        self.mounts = mounts
        self.devices = devices
        self.backend = backend
        self.tell = tell
    }

    /// Watches until `stop` can be read, or until nothing is attached.
    mutating func run(untilIdle: Bool, stop: FileDescriptor) throws -> End {
        work.add(.everything)
        while true {
            if let job = work.next() { perform(job) }
            if untilIdle, containers.isEmpty, work.isEmpty { return .idle }
            let processes = containers.processes
            let awaited =
                [
                    AwaitedEvent(stop), AwaitedEvent(events.file), AwaitedEvent(mounts.file, .change),
                    AwaitedEvent(devices.file),
                ] + processes.map { AwaitedEvent($0.file) }
            let happened = try awaitEvents(awaited, until: work.nextDue)
            stopPoint()
            for place in happened {
                switch place {
                case 0: return .stopped
                case 1: readStateEvents()
                case 2: checkNamespaceNames()
                case 3: if devices.drain() { work.add(.devices) }
                default: end(processes[place - 4].container)
                }
            }
        }
    }

    private mutating func perform(_ job: Job) {
        do {
            switch job {
            case .container(let lock): return recover(lock)
            case .record(let id): try add(id)
            case .devices: try checkDevices()
            case .everything: try checkEverything()
            }
            work.finish(job)
        } catch {
            postpone(job, PassthroughError(error))
        }
    }

    /// Debounce interval for state-directory events, in microseconds. A run writes many records, and would wake the watcher for
    /// each, which then works beside it: a twentieth of the run's time.
    private static let debounceInterval: UInt32 = 20_000

    /// What happened in the state directory.
    private mutating func readStateEvents() {
        usleep(Self.debounceInterval)
        guard let events = try? events.read() else {
            hasLostEvents = true
            return work.add(.everything)
        }
        for event in events {
            switch event {
            case .written(let id): perform(.record(id))
            case .removed(let id):
                containers.remove(id)
                work.finish(.record(id))
            case .left(let lock): work.add(.container(lock))
            case .watcherLeft: break
            case .lost:
                hasLostEvents = true
                perform(.everything)
            }
        }
    }

    /// Checks everything that is there: at first, and when events were lost.
    private mutating func checkEverything() throws {
        if hasLostEvents { events = try StateEvents(in: backend.state) }
        hasLostEvents = false
        let entries = try backend.journal.entries()
        for record in entries.unreadable { setAside(record) }
        for id in Set(containers.ids).subtracting(entries.records.map(\.id)) { containers.remove(id) }
        for record in entries.records {
            perform(.record(record.id))
            if try backend.isUnfinished(record) { work.add(.container(record.container.lockName)) }
        }
        perform(.devices)
        for lock in try backend.journal.transactions().compactMap(\.lock) { work.add(.container(lock)) }
        // Of a lock that is held, the holder's death will tell.
        for name in try backend.state.lockNames() {
            if try !FileLock.isHeld(backend.state.lock(name)) { work.add(.container(name)) }
        }
    }

    /// A record that is new, or was written again.
    private mutating func add(_ id: String) throws {
        guard containers.owner(id) == nil else { return }
        do {
            guard let record = try backend.journal.record(id) else { return }
            containers.insert(id, of: record.container)
            if try !containers.watch(record.container) { work.add(.container(record.container.lockName)) }
        } catch let record as UnreadableRecord {
            setAside(record)
        } catch {
            // What is wrong with a container, its recovery says too.
            guard let owner = containers.owner(id) else { throw error }
            work.add(.container(owner.lockName))
        }
    }

    private mutating func setAside(_ record: UnreadableRecord) {
        if unreadable.insert(record).inserted { tell(.setAside(record)) }
    }

    /// Finds devices that have left the host or returned. What cannot be found out now, recovery reports.
    private mutating func checkDevices() throws {
        for record in try backend.journal.records(mentioning: DeviceKinds.searchKeys)
        where (try? record.change.needsReconcile(record)) != false { work.add(.container(record.container.lockName)) }
    }

    private mutating func checkNamespaceNames() {
        // Of one that cannot be asked, recovery finds out more, or says why not.
        for container in containers.named where (try? container.hasEnded()) != false { end(container) }
    }

    private mutating func end(_ container: ContainerIdentity) {
        containers.end(container)
        work.add(.container(container.lockName))
    }

    /// Recovers one container.
    private mutating func recover(_ lock: String) {
        var outcome = Outcome()
        do {
            try backend.recover(containers.ids(under: lock), under: lock, &outcome)
            let isDone = try keepWatching(lock)
            let failure = PassthroughError(incompleteUndo: outcome.failures)
            switch (isDone, outcome.failures.isEmpty) {
            case (true, true): work.finish(.container(lock))
            case (true, false):
                work.finish(.container(lock))
                tell(.failed(failure))
            case (false, true): break  // It has ended meanwhile, and is still due.
            case (false, false): postpone(.container(lock), failure)
            }
        } catch {
            postpone(.container(lock), PassthroughError(error))
        }
        for attachment in outcome.detached {
            tell(attachment.state == .away ? .away(attachment) : .takenBack(attachment))
        }
        for attachment in outcome.attached { tell(.back(attachment)) }
        stopPoint()
    }

    /// Drops what a container has no more, and keeps watching for the end of one that runs. Returns false if there is still
    /// something to do.
    private mutating func keepWatching(_ lock: String) throws -> Bool {
        var isDone = true
        for id in containers.ids(under: lock) {
            let record: Record?
            do {
                record = try backend.journal.record(id)
            } catch let unreadable as UnreadableRecord {
                setAside(unreadable)
                record = nil
            }
            guard let record else {
                containers.remove(id)
                continue
            }
            let isWatched = try containers.watch(record.container)
            if try !isWatched || backend.isUnfinished(record) || record.change.needsReconcile(record) { isDone = false }
        }
        return isDone
    }

    private mutating func postpone(_ job: Job, _ error: PassthroughError) {
        guard work.postpone(job, for: error.description), error.code != .busy else { return }
        tell(.failed(error))
    }
}
