import Glibc

/// A daemon on a socket of this machine: whoever asks gets the same answer, and then it hangs up.
final class AnsweringServer: @unchecked Sendable {
    let path = "/tmp/hostdev-fuzz-\(getpid()).socket"
    /// What it says. It is set while nobody is connected.
    var answer: [UInt8] = []
    private let listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)

    /// Listens from now on, in a thread of its own.
    init() {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) == 0 }
        }
        guard isBound, listen(listener, 1) == 0 else { fatalError("nobody can listen on \(path): \(errno)") }
        // libFuzzer ends the process without a word to those in it.
        atexit { unlink("/tmp/hostdev-fuzz-\(getpid()).socket") }
        var thread = pthread_t()
        let start: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { server in
            if let server { Unmanaged<AnsweringServer>.fromOpaque(server).takeUnretainedValue().serve() }
            return nil
        }
        pthread_create(&thread, nil, start, Unmanaged.passRetained(self).toOpaque())
    }

    private func serve() -> Never {
        while true {
            let client = accept(listener, nil, nil)
            var request = [UInt8](repeating: 0, count: 4096)
            _ = recv(client, &request, request.count, 0)
            var rest = answer[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(client, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
                guard count > 0 else { break }
                rest = rest.dropFirst(count)
            }
            close(client)
        }
    }
}
