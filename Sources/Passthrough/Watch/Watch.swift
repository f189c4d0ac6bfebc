internal import LinuxSystem
public import SystemPackage

extension Backend {
    /// Stays, and does what ``recover()`` does whenever a container ends or a run is killed.
    ///
    /// One watcher is at work for a state directory. Another one stands by until it leaves; with `untilIdle` it has
    /// nothing to do here and returns.
    ///
    /// - Parameters:
    ///   - untilIdle: leave as soon as nothing is attached any more.
    ///   - stop: leave as soon as there is something to read from it, be it the end.
    ///   - tell: told what happens.
    public func watch(
        untilIdle: Bool, stop: FileDescriptor, tell: @escaping (WatchEvent) -> Void
    ) throws(PassthroughError) {
        do {
            try Self.requirePrivilege()
            try state.make()
            // A run that attaches writes a record and then asks whether there is a watcher. So a watcher that has given up its
            // lock looks once more for records: one of the two sees the other.
            repeat {
                guard let lock = try watcherLock(untilIdle: untilIdle, stop: stop, tell) else { return }
                stopPoint()
                var watcher = try Watcher(self, tell: tell)
                tell(.watching)
                let end = try watcher.run(untilIdle: untilIdle, stop: stop)
                stopPoint()
                lock.release()
                stopPoint()
                if end == .stopped { return }
                // What cannot be read keeps nobody.
            } while try !journal.entries().records.isEmpty
        } catch {
            throw PassthroughError(error)
        }
    }

    /// Whether a watcher is at work for the state directory. When that cannot be found out, none is known of: one too many
    /// leaves by itself.
    public var isWatched: Bool { (try? FileLock.isHeld(state.lock(StateDirectory.watcherLock))) ?? false }

    /// Becomes the one watcher, as soon as there is no other. Returns nil when asked to stop, or when `untilIdle` is set and
    /// another watcher runs.
    private func watcherLock(
        untilIdle: Bool, stop: FileDescriptor, _ tell: (WatchEvent) -> Void
    ) throws -> WatcherLock? {
        let events = try StateEvents(in: state)
        var isStandingBy = false
        while true {
            do throws(SystemError) {
                // A run that asks whether the lock is held takes it for an instant.
                let deadline = ContinuousClock.now.advanced(by: .milliseconds(100))
                return WatcherLock(try FileLock(state.lock(StateDirectory.watcherLock), until: deadline))
            } catch {
                guard error.code == .resourceTemporarilyUnavailable else { throw error }
            }
            guard !untilIdle else { return nil }
            if !isStandingBy { tell(.standingBy) }
            isStandingBy = true
            repeat {
                if try awaitEvents([AwaitedEvent(stop), AwaitedEvent(events.file)]).contains(0) { return nil }
            } while try !events.read().contains { $0 == .watcherLeft || $0 == .lost }
        }
    }
}

/// The lock of the one watcher, in a box: it is given up at a certain moment.
private final class WatcherLock {
    private var lock: FileLock?

    init(_ lock: consuming FileLock) {
        self.lock = consume lock
    }

    func release() {
        lock = nil
    }
}

/// What a watcher reports.
public enum WatchEvent: Sendable {
    /// Another watcher is at work; this one takes its place when it leaves.
    case standingBy
    /// It watches from now on: whatever ends is seen.
    case watching
    /// A device of a container that has ended, or that a killed run left, is back.
    case takenBack(Attachment)
    /// A device has left the host, and the container has nothing of it.
    case away(Attachment)
    /// A device has come back, and the container has it again.
    case back(Attachment)
    /// A record cannot be read: it is left alone, and nothing waits for it.
    case setAside(UnreadableRecord)
    /// Something could not be reverted. It is tried again, less and less often, as long as its record is there.
    case failed(PassthroughError)
}
