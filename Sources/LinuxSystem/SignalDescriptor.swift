internal import CLinux
internal import Glibc
public import SystemPackage

/// The signals that ask a program to end, SIGINT, SIGTERM and SIGHUP, as something to wait on: `signalfd(2)`.
public struct SignalDescriptor: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// From now on these signals end nothing: they are there to be read. The calling thread has to be the only one, or
    /// the one that starts all others.
    public init() throws(SystemError) {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        descriptor = try .returned(
            kernelCall { unsafe linux_signalfd(&signals) }, "signalfd", "signals that end the program")
    }

    /// What to wait on: there is something to read when a signal has come.
    public var file: FileDescriptor { descriptor.file }
}
