internal import Glibc
internal import Synchronization

private let pending = Atomic<Bool>(false)

/// SIGINT, SIGTERM and SIGHUP, taken note of instead of ending the process: what is half done can be put back first.
public enum Interruption {
    /// From now on the signals are taken note of. A second one ends the process, as usual.
    public static func begin() {
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { _ in pending.store(true, ordering: .relaxed) }
            action.sa_flags = CInt(bitPattern: UInt32(SA_RESETHAND))
            unsafe sigaction(signal, &action, nil)
        }
    }

    /// Whether one of the signals came.
    public static var isPending: Bool { pending.load(ordering: .relaxed) }
}
