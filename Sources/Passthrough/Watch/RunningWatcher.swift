internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// A watcher that works on a thread of the program, until it is stopped or nobody refers to it any more.
public final class RunningWatcher: Sendable {
    private let stopEvent: StopEvent
    private let result: Result
    private let thread: Mutex<StartedThread?>

    /// What ended the watcher.
    private final class Result: Sendable {
        let error = Mutex<PassthroughError?>(nil)
    }

    fileprivate init(_ backend: Backend, _ tell: @escaping @Sendable (WatchEvent) -> Void) throws(SystemError) {
        let (stopEvent, result) = (try StopEvent(), Result())
        self.stopEvent = stopEvent
        self.result = result
        thread = Mutex(
            try StartedThread {
                do throws(PassthroughError) {
                    try backend.watch(untilIdle: false, stop: stopEvent.file, tell: tell)
                } catch {
                    result.error.withLock { $0 = error }
                }
            })
    }

    /// Stops the watcher, and waits until it has finished what it is doing. A second call does nothing.
    ///
    /// - Throws: the error with which the watcher had ended by itself.
    public func stop() throws(PassthroughError) {
        end()
        if let error = result.error.withLock({ $0.take() }) { throw error }
    }

    private func end() {
        stopEvent.stop()
        thread.withLock { $0.take()?.join() }
    }

    deinit { end() }
}

extension Backend {
    /// Starts a watcher on a thread of its own: ``watch(untilIdle:stop:tell:)``.
    ///
    /// - Parameter tell: called with what happens, on that thread. It must not stop the watcher.
    public func startWatcher(
        tell: @escaping @Sendable (WatchEvent) -> Void = { _ in }
    ) throws(PassthroughError) -> RunningWatcher {
        do throws(SystemError) {
            return try RunningWatcher(self, tell)
        } catch {
            throw PassthroughError(error)
        }
    }
}
