internal import Glibc
public import SystemPackage

/// A descriptor on which something may happen, and what: `poll(2)`.
public struct AwaitedEvent: Sendable {
    /// What may happen.
    public enum Kind: Sendable {
        /// There is something to read; of a process, it has ended.
        case input
        /// What the file says has changed, as files of proc tell it.
        case change

        var flag: CInt { self == .input ? POLLIN : POLLPRI }
    }

    let file: FileDescriptor
    let kind: Kind

    /// Something on a descriptor, which lives as long as somebody waits for it.
    public init(_ file: FileDescriptor, _ kind: Kind = .input) {
        self.file = file
        self.kind = kind
    }
}

/// Waits until something has happened, and returns at which places of the list. None: the deadline has passed, or a
/// signal came that the program has a handler for.
public func awaitEvents(
    _ events: [AwaitedEvent], until deadline: ContinuousClock.Instant? = nil
) throws(SystemError) -> [Int] {
    var polls = events.map { pollfd(fd: $0.file.rawValue, events: Int16($0.kind.flag), revents: 0) }
    // Up to the next millisecond: who wakes before the deadline has to wait again.
    let rest = deadline.map { max(.zero, ContinuousClock.now.duration(to: $0)) / .milliseconds(1) }
    let milliseconds = rest.map { CInt(clamping: Int($0.rounded(.up))) } ?? -1
    guard interruptibleCall({ unsafe poll(&polls, nfds_t(polls.count), milliseconds) }) >= 0 else {
        guard SystemError.lastCode == .interrupted else { throw .last("poll", "\(events.count) descriptors") }
        return []
    }
    return polls.indices.filter { polls[$0].revents != 0 }
}
