internal import CLinux
internal import Glibc
public import SystemPackage

/// Prepares the standard streams. A program calls it before it opens anything.
///
/// A stream that the caller has closed gets a descriptor that can be neither read nor written (EBADF). Otherwise the next file
/// to be opened, such as a record, would get its number and receive the program's output. A write to a pipe without a reader
/// fails with EPIPE instead of ending the program.
public func prepareStandardStreams() {
    signal(SIGPIPE, SIG_IGN)
    for stream in CInt(0)...2 where fcntl(stream, F_GETFD) < 0 {
        // open(2) returns the lowest free number, which is this one. O_PATH needs no device node, which a bare root may lack.
        _ = unsafe open("/", linux_O_PATH)
    }
}

/// Writes all bytes to a stream that another program has opened. When it is non-blocking, waits until it takes more.
///
/// - Throws: EAGAIN when it took nothing for as long as `patience`.
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

/// Closes a stream. Throws errors of earlier writes that a file system, such as one over a network, reports only now.
public func close(_ stream: FileDescriptor) throws(SystemError) {
    guard Glibc.close(stream.rawValue) == 0 else { throw .last("close", "descriptor \(stream.rawValue)") }
}

/// Returns all bytes of a file or a pipe, or of standard input for nil. Stops after more than `limit` bytes. The error is
/// ETIMEDOUT when nothing was written to a pipe for as long as `timeout`.
///
/// A FIFO is opened without a wait for its writer, which may never come.
public func readInput(_ path: FilePath?, limit: Int, timeout: Duration) throws(SystemError) -> [UInt8] {
    guard let path else {
        return try readBytes(.standardInput, named: "standard input", limit: limit, timeout: timeout)
    }
    let descriptor = try Descriptor.open(path, options: .nonBlocking)
    return try readBytes(descriptor.file, named: path.string, limit: limit, timeout: timeout)
}

private func readBytes(
    _ file: FileDescriptor, named name: String, limit: Int, timeout: Duration
) throws(SystemError) -> [UInt8] {
    let milliseconds = CInt(clamping: Int(timeout / .milliseconds(1)))
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= limit {
        var poll = pollfd(fd: file.rawValue, events: Int16(POLLIN), revents: 0)
        // A signal ends the wait.
        let ready = interruptibleCall { unsafe Glibc.poll(&poll, 1, milliseconds) }
        guard ready >= 0 else { throw .last("read", name) }
        guard ready > 0 else { throw SystemError(.timedOut, "read", name) }
        let count = kernelCall { unsafe read(file.rawValue, &buffer, buffer.count) }
        guard count >= 0 else { throw .last("read", name) }
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
    return bytes
}
