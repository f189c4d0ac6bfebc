#if DEBUG
    internal import Glibc
    internal import Synchronization

    private let passed = Atomic<Int>(0)
#endif

/// A place between two steps at which a test can have the program killed: with `HOSTDEV_KILL_AT=N` in the environment,
/// at the N-th place that it passes. Release builds contain nothing of it.
public func stopPoint() {
    #if DEBUG
        guard let wanted = unsafe getenv("HOSTDEV_KILL_AT"), let number = unsafe Int(String(cString: wanted)) else {
            return
        }
        if passed.add(1, ordering: .relaxed).newValue == number { kill(getpid(), SIGKILL) }
    #endif
}
