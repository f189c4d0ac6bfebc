internal import CLinux
internal import Glibc
public import SystemPackage

/// A stream connection to a daemon on this machine: unix(7). The timeout covers request and reply together.
public struct UnixSocket: ~Copyable, Sendable {
    private let descriptor: Descriptor
    private let name: String
    private let deadline: ContinuousClock.Instant

    /// Connects to a socket in the file system. The error is ENOENT or ECONNREFUSED when nobody listens.
    public init(path: FilePath, timeout: Duration) throws(SystemError) {
        try self.init(bytes: Array(path.string.utf8) + [0], named: path.string, timeout: timeout)
    }

    /// Connects to a socket with an abstract name, in the network namespace of the calling thread. The error is ECONNREFUSED
    /// when nobody listens.
    public init(abstract name: String, timeout: Duration) throws(SystemError) {
        try self.init(bytes: [0] + Array(name.utf8), named: "@\(name)", timeout: timeout)
    }

    private init(bytes: [UInt8], named name: String, timeout: Duration) throws(SystemError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count <= room else { throw SystemError(.fileNameTooLong, "connect", name) }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)

        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let descriptor: Descriptor = try .returned(kernelCall { socket(AF_UNIX, type, 0) }, "socket", name)
        // The limit for send(2) also applies to connect(2), which waits for a place in the listener's queue.
        try Self.limit(descriptor, SO_SNDTIMEO, to: timeout, name)
        let file = descriptor.file.rawValue
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                kernelCall { unsafe connect(file, address, length) }
            }
        }
        guard result == 0 else { throw .last("connect", name) }
        self.descriptor = descriptor
        self.name = name
        deadline = .now + timeout
    }

    private static func limit(
        _ descriptor: borrowing Descriptor, _ option: CInt, to duration: Duration, _ name: String
    ) throws(SystemError) {
        let microseconds = duration.components.attoseconds / 1_000_000_000_000
        var limit = timeval(tv_sec: Int(duration.components.seconds), tv_usec: Int(microseconds))
        let size = socklen_t(MemoryLayout<timeval>.size)
        let file = descriptor.file.rawValue
        guard kernelCall({ unsafe setsockopt(file, SOL_SOCKET, option, &limit, size) }) == 0 else {
            throw .last("set a timeout on", name)
        }
    }

    /// The user who called listen(2), from the kernel: SO_PEERCRED.
    public var peerUser: UInt32 {
        get throws(SystemError) {
            var user: uid_t = 0
            guard kernelCall({ unsafe linux_peer_user(descriptor.file.rawValue, &user) }) == 0 else {
                throw .last("ask who listens on", name)
            }
            return user
        }
    }

    /// Sends a request with the sender's credentials. The kernel would add them only once the daemon has asked for them, which
    /// may be too late.
    public func send(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                kernelCall {
                    unsafe linux_send_with_credentials(descriptor.file.rawValue, bytes.baseAddress, bytes.count)
                }
            }
            guard count >= 0 else { throw .last("send to", name) }
            rest = rest.dropFirst(count)
        }
    }

    /// Returns the reply, up to a number of bytes or the end of the connection. The error is EAGAIN when the time is over.
    public func receive(atMost limit: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(limit, 65_536))
        while bytes.count < limit {
            // Of the whole time, also when bytes arrive one by one. A limit of zero would mean none.
            let rest = max(.microseconds(1), deadline - .now)
            try Self.limit(descriptor, SO_RCVTIMEO, to: rest, name)
            let room = min(buffer.count, limit - bytes.count)
            let count = interruptibleCall { unsafe recv(descriptor.file.rawValue, &buffer, room, 0) }
            if count < 0, SystemError.lastCode == .interrupted { continue }
            guard count >= 0 else { throw .last("wait for the answer of", name) }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
