#if DEBUG
    internal import Glibc
    internal import Synchronization

    private let passed = Atomic<Int>(0)
#endif

/// Marks a place between two steps at which a test can kill the program: with `HOSTDEV_KILL_AT=N` in the environment the N-th
/// place that it passes raises SIGKILL, and with `HOSTDEV_STOP_AT=N` SIGSTOP, until a SIGCONT. Without effect in release
/// builds.
public func stopPoint() {
    #if DEBUG
        let number = passed.add(1, ordering: .relaxed).newValue
        for (variable, signal) in [("HOSTDEV_KILL_AT", SIGKILL), ("HOSTDEV_STOP_AT", SIGSTOP)] {
            guard let wanted = unsafe getenv(variable) else { continue }
            if unsafe String(cString: wanted) == String(number) { kill(getpid(), signal) }
        }
    #endif
}
