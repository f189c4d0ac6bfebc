internal import CNetlink
internal import Glibc
public import LinuxSystem
internal import SystemPackage

/// A netlink socket, of rtnetlink(7) unless said otherwise. It stays in the network namespace in which it was opened,
/// whichever namespace its thread enters later.
@safe public struct NetlinkSocket: ~Copyable {
    let socket: OpaquePointer
    /// The socket's own callbacks belong to libnl-genl, which uses the socket too.
    private let callbacks: OpaquePointer
    private let state = State()

    private final class State {
        /// Whether the kernel may have more of the latest reply than was received.
        var hasRest = false
    }

    /// Opens a socket in the calling thread's network namespace.
    public init() throws(NetlinkError) {
        try self.init(protocol: NETLINK_ROUTE)
    }

    /// Opens a socket of a `NETLINK_` protocol.
    init(protocol number: CInt) throws(NetlinkError) {
        guard let socket = unsafe nl_socket_alloc() else { throw NetlinkError(.noMemory, Self.opening) }
        do throws(NetlinkError) {
            try unsafe Self.connect(socket, number)
        } catch {
            unsafe nl_socket_free(socket)
            throw error
        }
        try unsafe self.init(owning: socket)
    }

    /// Takes over a socket of libnl's. Tests give one whose `nl_cb_overwrite_send` and `nl_cb_overwrite_recv` answer in the
    /// kernel's place.
    init(owning socket: OpaquePointer) throws(NetlinkError) {
        unsafe self.socket = socket
        let own = unsafe nl_socket_get_cb(socket)
        defer { unsafe nl_cb_put(own) }
        guard let callbacks = unsafe nl_cb_clone(own) else {
            unsafe nl_socket_free(socket)
            throw NetlinkError(.noMemory, Self.opening)
        }
        unsafe self.callbacks = callbacks
    }

    private static func connect(_ socket: OpaquePointer, _ protocolNumber: CInt) throws(NetlinkError) {
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

    private static let opening = "open a netlink socket"

    deinit {
        unsafe nl_cb_put(callbacks)
        unsafe nl_socket_free(socket)
    }

    /// Opens a socket inside a network namespace.
    public static func open(in namespace: borrowing Namespace) throws -> NetlinkSocket {
        try namespace.visit { try NetlinkSocket() }
    }

    /// Sends a request and waits for the kernel's acknowledgement.
    func perform(_ message: NetlinkMessage, _ operation: @autoclosure () -> String) throws(NetlinkError) {
        _ = try exchange(message, operation())
    }

    /// Sends a query and returns the messages of the reply, in the kernel's order. A message for which `enough` returns true
    /// is the last.
    ///
    /// A list during which the kernel's tables changed may be wrong (NLM_F_DUMP_INTR), so it is asked for again, for up to five
    /// seconds. After that the error is EAGAIN.
    func query(
        _ message: NetlinkMessage, _ operation: @autoclosure () -> String,
        enough: ((KernelMessage) -> Bool)? = nil
    ) throws(NetlinkError) -> [KernelMessage] {
        // Whoever starts hundreds of containers changes the tables for a while. A short pause is more likely to find them at
        // rest than the next query at once.
        let deadline = ContinuousClock.now + .seconds(5)
        var pause: UInt32 = 100
        repeat {
            if let messages = try exchange(message, operation(), enough) { return messages }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        } while ContinuousClock.now < deadline
        throw NetlinkError(.resourceTemporarilyUnavailable, operation(), sentence: "the kernel's tables keep changing")
    }

    /// Sends a request and returns the messages of the reply. Returns nil for a list that a change has interrupted.
    private func exchange(
        _ message: NetlinkMessage, _ operation: @autoclosure () -> String, _ enough: ((KernelMessage) -> Bool)? = nil
    ) throws(NetlinkError) -> [KernelMessage]? {
        let request = try unsafe message.prepared(for: operation())
        discardRest()
        let reply = NetlinkReply(isEnough: enough)
        // libnl has pointers into both, which keep neither alive.
        defer { withExtendedLifetime((message, reply)) {} }
        let sent = try libraryCall(operation()) { unsafe nl_send_auto(socket, request) }
        guard sent >= 0 else { throw .library(sent, operation()) }
        reply.number = unsafe nlmsg_hdr(request).pointee.nlmsg_seq
        unsafe reply.receive(by: callbacks)
        state.hasRest = true
        var isInterrupted = false
        while reply.end == nil {
            let received = try libraryCall(operation()) { unsafe nl_recvmsgs(socket, callbacks) }
            if received == -NLE_DUMP_INTR { isInterrupted = true }
            guard received >= 0 || received == -NLE_DUMP_INTR || reply.end != nil else {
                throw .library(received, operation())
            }
        }
        state.hasRest = reply.end == .enough
        if case .refused(let code, let sentence) = reply.end {
            throw NetlinkError(code, operation(), sentence: sentence)
        }
        return isInterrupted ? nil : reply.messages
    }

    /// Drops what is left of a reply that was not received to its end: the kernel refuses a request for a list while it is in the
    /// middle of another one.
    private func discardRest() {
        guard state.hasRest else { return }
        let descriptor = unsafe nl_socket_get_fd(socket)
        var byte: UInt8 = 0
        while unsafe recv(descriptor, &byte, 1, CInt(MSG_DONTWAIT)) >= 0 {}
        state.hasRest = false
    }
}
