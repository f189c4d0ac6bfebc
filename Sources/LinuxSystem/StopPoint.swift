#if DEBUG
    internal import Glibc
    internal import Synchronization

    private let passed = Atomic<Int>(0)
#endif

/// A place between two steps at which a test can have the program killed: with `HOSTDEV_KILL_AT=N` in the environment,
/// at the N-th place that it passes; with `HOSTDEV_STOP_AT=N`, stopped there until a SIGCONT. Release builds contain
/// nothing of it.
public func stopPoint() {
    #if DEBUG
        let number = passed.add(1, ordering: .relaxed).newValue
        for (variable, signal) in [("HOSTDEV_KILL_AT", SIGKILL), ("HOSTDEV_STOP_AT", SIGSTOP)] {
            guard let wanted = unsafe getenv(variable) else { continue }
            if unsafe String(cString: wanted) == String(number) { kill(getpid(), signal) }
        }
    #endif
}
