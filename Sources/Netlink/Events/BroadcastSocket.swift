internal import CNetlink
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A netlink socket that only listens to multicast groups: netlink(7).
///
/// Messages can be lost (ENOBUFS), so a message says no more than that something changed. What is there now has to be read.
@safe struct BroadcastSocket: ~Copyable {
    private let socket: OpaquePointer

    /// Joins groups, given as a mask, of a `NETLINK_` protocol, in the calling thread's network namespace.
    init(_ protocolNumber: CInt, groups: UInt32, _ subject: String) throws(NetlinkError) {
        let operation = "listen to \(subject)"
        guard let socket = unsafe nl_socket_alloc() else { throw NetlinkError(.noMemory, operation) }
        unsafe nl_join_groups(socket, CInt(groups))
        do throws(NetlinkError) {
            let result = try libraryCall(operation) { unsafe nl_connect(socket, protocolNumber) }
            guard result == 0 else { throw .library(result, operation) }
        } catch {
            unsafe nl_socket_free(socket)
            throw error
        }
        unsafe nl_socket_set_nonblocking(socket)
        // Large enough for all but the longest messages, such as that of an interface with hundreds of alternative names. A
        // longer one counts as lost.
        unsafe nl_socket_disable_msg_peek(socket)
        unsafe nl_socket_set_msg_buf_size(socket, 65_536)
        unsafe self.socket = socket
    }

    deinit { unsafe nl_socket_free(socket) }

    /// The descriptor to poll: readable once there is a message.
    var file: FileDescriptor { FileDescriptor(rawValue: unsafe nl_socket_get_fd(socket)) }

    enum Received {
        case message([UInt8])
        /// There is no further message.
        case none
        /// Messages were lost, or could not be received. More may follow.
        case lost
    }

    func receive() -> Received {
        var sender = sockaddr_nl()
        var buffer: UnsafeMutablePointer<UInt8>?
        // nl_recv also takes messages without a netlink header, such as uevents.
        guard let count = try? libraryCall("listen", { unsafe nl_recv(socket, &sender, &buffer, nil) }) else {
            return .lost
        }
        defer { unsafe free(buffer) }
        guard count > 0, let buffer = unsafe buffer else { return count == 0 || count == -NLE_AGAIN ? .none : .lost }
        return unsafe .message(Array(UnsafeBufferPointer(start: buffer, count: Int(count))))
    }
}
