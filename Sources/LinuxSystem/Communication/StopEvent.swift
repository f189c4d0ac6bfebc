internal import CLinux
public import SystemPackage

/// A descriptor that one thread makes readable for another, which polls it: `eventfd(2)`.
public final class StopEvent: Sendable {
    private let descriptor: Descriptor

    /// Makes the descriptor, close-on-exec.
    public init() throws(SystemError) {
        descriptor = try .returned(linux_eventfd(), "eventfd", "a stop event")
    }

    /// The descriptor to poll, open as long as this value lives.
    public var file: FileDescriptor { descriptor.file }

    /// Makes the descriptor readable, for good.
    public func stop() {
        // The counter is readable already when it takes no more.
        _ = unsafe withUnsafeBytes(of: UInt64(1)) { try? unsafe file.write($0) }
    }
}
