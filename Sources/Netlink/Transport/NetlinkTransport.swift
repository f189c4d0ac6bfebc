internal import CNetlink
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Carries datagrams to the kernel and back. Tests put a fake in its place.
protocol NetlinkTransport: AnyObject {
    /// Sends a request. Errors name the operation of which it is a part.
    func send(_ datagram: [UInt8], _ operation: @autoclosure () -> String) throws(NetlinkError)

    /// Waits for a datagram and returns it, whatever its length.
    func receive(_ operation: @autoclosure () -> String) throws(NetlinkError) -> [UInt8]

    /// Drops all datagrams that are waiting.
    func discardWaiting()
}

/// A socket of libnl's that is connected to the kernel.
@safe final class KernelTransport: NetlinkTransport {
    private let socket: OpaquePointer

    /// Opens a socket of a `NETLINK_` protocol in the calling thread's network namespace.
    init(_ protocolNumber: CInt) throws(NetlinkError) {
        let opening = "open a netlink socket"
        guard let socket = unsafe nl_socket_alloc() else { throw NetlinkError(.noMemory, opening) }
        unsafe self.socket = socket
        let result = try libraryCall(opening) { unsafe nl_connect(socket, protocolNumber) }
        guard result == 0 else { throw .library(result, opening) }
        // The kernel counts what waits in a socket with all that it takes to store it. An interface with as many alternative
        // names as it can have, or a route of thousands of hops, takes more than libnl's 32 KiB.
        unsafe nl_socket_set_buffer_size(socket, 1 << 20, 1 << 18)
        // The kernel is asked for the length of a datagram before it is received (MSG_PEEK, MSG_TRUNC). Most fit into this
        // buffer at once, and the kernel makes the parts of lists as large as it.
        unsafe nl_socket_enable_msg_peek(socket)
        unsafe nl_socket_set_msg_buf_size(socket, 32_768)
        let descriptor = unsafe nl_socket_get_fd(socket)
        var on: CInt = 1
        for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK] {
            let size = socklen_t(MemoryLayout<CInt>.size)
            let result = kernelCall { unsafe setsockopt(descriptor, SOL_NETLINK, CInt(option), &on, size) }
            // A kernel that does not know the option explains and filters less.
            guard result == 0 || errno == ENOPROTOOPT else { throw NetlinkError(Errno(rawValue: errno), opening) }
        }
    }

    deinit { unsafe nl_socket_free(socket) }

    func send(_ datagram: [UInt8], _ operation: @autoclosure () -> String) throws(NetlinkError) {
        var (bytes, count) = (datagram, datagram.count)
        let sent = try libraryCall(operation()) { unsafe nl_sendto(socket, &bytes, count) }
        guard sent >= 0 else { throw .library(sent, operation()) }
    }

    func receive(_ operation: @autoclosure () -> String) throws(NetlinkError) -> [UInt8] {
        var sender = sockaddr_nl()
        var buffer: UnsafeMutablePointer<UInt8>?
        let count = try libraryCall(operation()) { unsafe nl_recv(socket, &sender, &buffer, nil) }
        defer { unsafe free(buffer) }
        guard count >= 0 else { throw .library(count, operation()) }
        return unsafe Array(UnsafeBufferPointer(start: buffer, count: Int(count)))
    }

    func discardWaiting() {
        let descriptor = unsafe nl_socket_get_fd(socket)
        var byte: UInt8 = 0
        while unsafe recv(descriptor, &byte, 1, CInt(MSG_DONTWAIT)) >= 0 {}
    }
}
