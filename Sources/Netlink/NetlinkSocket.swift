internal import CNetlink
internal import Glibc
public import LinuxSystem
internal import SystemPackage

/// A netlink socket, of rtnetlink(7) where nothing else is said. It stays in the network namespace in which it was
/// opened, wherever the program goes.
@safe public struct NetlinkSocket: ~Copyable {
    let socket: OpaquePointer
    private let callbacks: OpaquePointer
    private let reception = Reception()

    /// Opens one in the calling thread's network namespace.
    public init() throws(NetlinkError) {
        try self.init(protocol: NETLINK_ROUTE)
    }

    /// Opens one of a `NETLINK_` protocol.
    init(protocol number: CInt) throws(NetlinkError) {
        let socket = try unsafe Self.connectedSocket(number)
        guard let callbacks = unsafe nl_cb_alloc(NL_CB_CUSTOM) else {
            unsafe nl_socket_free(socket)
            throw NetlinkError(.noMemory, Self.opening)
        }
        unsafe self.socket = socket
        unsafe self.callbacks = callbacks
        let context = unsafe Unmanaged.passUnretained(reception).toOpaque()
        unsafe nl_cb_set(callbacks, NL_CB_VALID, NL_CB_CUSTOM, Reception.valid, context)
        unsafe nl_cb_set(callbacks, NL_CB_FINISH, NL_CB_CUSTOM, Reception.finished, context)
        unsafe nl_cb_set(callbacks, NL_CB_ACK, NL_CB_CUSTOM, Reception.acknowledged, context)
        unsafe nl_cb_set(callbacks, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, Reception.numbered, context)
        unsafe nl_cb_err(callbacks, NL_CB_CUSTOM, Reception.refused, context)
    }

    private static func connectedSocket(_ number: CInt) throws(NetlinkError) -> OpaquePointer {
        guard let socket = unsafe nl_socket_alloc() else { throw NetlinkError(.noMemory, opening) }
        do throws(NetlinkError) {
            try unsafe connect(socket, number)
        } catch {
            unsafe nl_socket_free(socket)
            throw error
        }
        return unsafe socket
    }

    private static func connect(_ socket: OpaquePointer, _ number: CInt) throws(NetlinkError) {
        let result = try libraryCall(opening) { unsafe nl_connect(socket, number) }
        guard result == 0 else { throw .library(result, opening) }
        // What the kernel lets wait in a socket, and takes from it as one message, counts with all that it takes to store it. An
        // interface with as many alternative names as it can have is described in more than libnl's 32 KiB, and so is a route
        // of thousands of hops.
        unsafe nl_socket_set_buffer_size(socket, 1 << 20, 1 << 18)
        // The kernel is asked how long a message is before it is received (MSG_PEEK, MSG_TRUNC). Most fit at once, and lists
        // come in as large parts as the kernel makes.
        unsafe nl_socket_enable_msg_peek(socket)
        unsafe nl_socket_set_msg_buf_size(socket, 32_768)
        let descriptor = unsafe nl_socket_get_fd(socket)
        var on: CInt = 1
        for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK] {
            let size = socklen_t(MemoryLayout<CInt>.size)
            let result = kernelCall { unsafe setsockopt(descriptor, SOL_NETLINK, CInt(option), &on, size) }
            // A kernel that does not know one says and filters less.
            guard result == 0 || errno == ENOPROTOOPT else { throw NetlinkError(Errno(rawValue: errno), opening) }
        }
    }

    private static let opening = "open a netlink socket"

    deinit {
        unsafe nl_cb_put(callbacks)
        unsafe nl_socket_free(socket)
    }

    /// Opens one inside a network namespace.
    public static func open(in namespace: borrowing Namespace) throws -> NetlinkSocket {
        try namespace.visit { try NetlinkSocket() }
    }

    /// Sends a request and waits for the kernel's acknowledgement.
    func perform(_ message: NetlinkMessage, _ operation: @autoclosure () -> String) throws(NetlinkError) {
        _ = try exchange(message, operation())
    }

    /// Sends a query and returns what the kernel answered, in its order.
    ///
    /// A dump during which the kernel's tables changed (NLM_F_DUMP_INTR) may be wrong: it is asked for again, for five
    /// seconds. With a message that is `enough` the answer ends.
    func query(
        _ message: NetlinkMessage, _ operation: @autoclosure () -> String,
        enough: ((KernelMessage) -> Bool)? = nil
    ) throws(NetlinkError) -> [KernelMessage] {
        // Whoever makes containers by the hundred changes them for a while: waiting a little is likelier to find them at rest
        // than asking at once.
        let deadline = ContinuousClock.now + .seconds(5)
        var pause: UInt32 = 100
        repeat {
            if let answer = try exchange(message, operation(), enough) { return answer }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        } while ContinuousClock.now < deadline
        throw NetlinkError(.resourceTemporarilyUnavailable, operation(), sentence: "the kernel's tables keep changing")
    }

    /// The messages of the answer; nil for a dump that was interrupted by a change.
    private func exchange(
        _ message: NetlinkMessage, _ operation: @autoclosure () -> String, _ enough: ((KernelMessage) -> Bool)? = nil
    ) throws(NetlinkError) -> [KernelMessage]? {
        let request = try unsafe message.prepared(for: operation())
        discardRest()
        reception.begin(enough)
        let sent = try libraryCall(operation()) { unsafe nl_send_auto(socket, request) }
        guard sent >= 0 else { throw .library(sent, operation()) }
        reception.await(number: unsafe nlmsg_hdr(request).pointee.nlmsg_seq)
        var interrupted = false
        while !reception.isComplete {
            let received = try libraryCall(operation()) { unsafe nl_recvmsgs(socket, callbacks) }
            if let refusal = reception.refusal {
                throw NetlinkError(refusal.code, operation(), sentence: refusal.sentence)
            }
            if received == -NLE_DUMP_INTR { interrupted = true }
            guard received >= 0 || interrupted else { throw .library(received, operation()) }
        }
        return interrupted ? nil : reception.messages
    }

    /// Takes what is left of an answer that was not received to its end out of the way: the kernel takes no request for a list
    /// while it is in the middle of another one.
    private func discardRest() {
        guard reception.hasRest else { return }
        let descriptor = unsafe nl_socket_get_fd(socket)
        var byte: UInt8 = 0
        while unsafe recv(descriptor, &byte, 1, CInt(MSG_DONTWAIT)) >= 0 {}
    }
}
