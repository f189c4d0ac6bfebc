internal import CLinux
internal import Glibc
internal import Synchronization
public import SystemPackage

private let pending = Atomic<Bool>(false)

/// Notes SIGINT, SIGTERM and SIGHUP, so that the program can undo what is half done before it ends.
public enum Interruption {
    /// Starts to note the signals. A second one of a kind ends the process.
    public static func begin() {
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { _ in pending.store(true, ordering: .relaxed) }
            action.sa_flags = CInt(bitPattern: UInt32(SA_RESETHAND))
            unsafe sigaction(signal, &action, nil)
        }
    }

    /// Whether one of the signals has come.
    public static var isPending: Bool { pending.load(ordering: .relaxed) }
}

/// A descriptor that is readable after SIGINT, SIGTERM or SIGHUP, the signals that ask a program to end: `signalfd(2)`.
public struct SignalDescriptor: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// Blocks the signals, so that they no longer end the process. The calling thread has to be the only one, or the one that
    /// starts all others.
    public init() throws(SystemError) {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        descriptor = try .returned(
            kernelCall { unsafe linux_signalfd(&signals) }, "signalfd", "signals that end the program")
    }

    /// The descriptor to poll: readable once a signal has come.
    public var file: FileDescriptor { descriptor.file }
}
