internal import Glibc
public import SystemPackage

/// An event on a descriptor to wait for: `poll(2)`.
public struct AwaitedEvent: Sendable {
    /// The kind of event.
    public enum Kind: Sendable {
        /// POLLIN: there is something to read; of a pidfd, the process has ended.
        case input
        /// POLLPRI: the content of a file of proc(5) has changed.
        case change

        var flag: CInt { self == .input ? POLLIN : POLLPRI }
    }

    let file: FileDescriptor
    let kind: Kind

    /// An event on a descriptor, which has to stay open while it is waited for.
    public init(_ file: FileDescriptor, _ kind: Kind = .input) {
        self.file = file
        self.kind = kind
    }
}

/// Waits for events, and returns the positions in the list of those that have happened. None when the deadline has passed, or a
/// signal with a handler came.
public func awaitEvents(
    _ events: [AwaitedEvent], until deadline: ContinuousClock.Instant? = nil
) throws(SystemError) -> [Int] {
    var polls = events.map { pollfd(fd: $0.file.rawValue, events: Int16($0.kind.flag), revents: 0) }
    // Rounded up, since a call that ends before the deadline would have to be repeated.
    let rest = deadline.map { max(.zero, ContinuousClock.now.duration(to: $0)) / .milliseconds(1) }
    let milliseconds = rest.map { CInt(clamping: Int($0.rounded(.up))) } ?? -1
    guard interruptibleCall({ unsafe poll(&polls, nfds_t(polls.count), milliseconds) }) >= 0 else {
        guard SystemError.lastCode == .interrupted else { throw .last("poll", "\(events.count) descriptors") }
        return []
    }
    return polls.indices.filter { polls[$0].revents != 0 }
}
