internal import Glibc
public import SystemPackage

/// All bytes of a file that somebody named, or of standard input for nil: a regular file or a pipe. Reading ends after
/// more than `limit` bytes. ETIMEDOUT: a pipe into which nobody has written for so long.
///
/// A FIFO is opened without waiting for its other end, which it may not have, and then waited for as long as asked.
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
        // A signal that asks for the end is not waited through.
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
