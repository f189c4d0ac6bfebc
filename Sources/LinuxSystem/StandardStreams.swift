internal import CLinux
internal import Glibc
public import SystemPackage

/// What a program does about its standard streams before it opens anything.
///
/// A stream that its caller has closed is taken by a descriptor that can be neither read nor written (EBADF): the next
/// file that is opened, such as a record, would get its number, and with it what is meant for people. A write to a pipe
/// that nobody reads is EPIPE, and no longer ends the program in the middle of its work.
public func prepareStandardStreams() {
    signal(SIGPIPE, SIG_IGN)
    for stream in CInt(0)...2 where fcntl(stream, F_GETFD) < 0 {
        // The lowest free number, so this one. O_PATH needs no device, which a bare root may lack.
        _ = unsafe open("/", linux_O_PATH)
    }
}

/// Writes all bytes to a stream that somebody else has opened, which may be non-blocking: then it is waited for until it
/// takes more.
///
/// - Throws: EAGAIN: it took nothing for as long as `patience`.
public func write(_ bytes: [UInt8], to stream: FileDescriptor, patience: Duration) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(stream.rawValue, $0.baseAddress, $0.count) }
        if count >= 0 {
            rest = rest.dropFirst(count)
            continue
        }
        switch SystemError.lastCode {
        case .interrupted: continue
        case .resourceTemporarilyUnavailable:
            var poll = pollfd(fd: stream.rawValue, events: Int16(POLLOUT), revents: 0)
            let limit = CInt(clamping: Int(patience / .milliseconds(1)))
            guard unsafe Glibc.poll(&poll, 1, limit) != 0 else {
                throw SystemError(.resourceTemporarilyUnavailable, "write", "descriptor \(stream.rawValue)")
            }
        case let code: throw SystemError(code, "write", "descriptor \(stream.rawValue)")
        }
    }
}

/// Ends the use of a stream: what a file system says of earlier writes only now, as those over a network do, is thrown.
public func close(_ stream: FileDescriptor) throws(SystemError) {
    guard Glibc.close(stream.rawValue) == 0 else { throw .last("close", "descriptor \(stream.rawValue)") }
}
