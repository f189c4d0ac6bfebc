internal import CNetlink
internal import Glibc
public import LinuxSystem
internal import SystemPackage

/// An rtnetlink socket. It stays in the network namespace in which it was opened, wherever the program goes:
/// rtnetlink(7).
@safe public struct NetlinkSocket: ~Copyable {
    private let socket: OpaquePointer
    private let callbacks: OpaquePointer
    private let reception = Reception()

    /// Opens one in the calling thread's network namespace.
    public init() throws(NetlinkError) {
        let socket = try unsafe Self.connectedSocket()
        guard let callbacks = unsafe nl_cb_alloc(NL_CB_CUSTOM) else { fatalError("out of memory") }
        unsafe self.socket = socket
        unsafe self.callbacks = callbacks
        let context = unsafe Unmanaged.passUnretained(reception).toOpaque()
        unsafe nl_cb_set(callbacks, NL_CB_VALID, NL_CB_CUSTOM, Reception.valid, context)
        unsafe nl_cb_set(callbacks, NL_CB_FINISH, NL_CB_CUSTOM, Reception.finished, context)
        unsafe nl_cb_set(callbacks, NL_CB_ACK, NL_CB_CUSTOM, Reception.finished, context)
        unsafe nl_cb_err(callbacks, NL_CB_CUSTOM, Reception.refused, context)
    }

    private static func connectedSocket() throws(NetlinkError) -> OpaquePointer {
        guard let socket = unsafe nl_socket_alloc() else { fatalError("out of memory") }
        let result = unsafe nl_connect(socket, NETLINK_ROUTE)
        guard result == 0 else {
            unsafe nl_socket_free(socket)
            throw .library(result, "open a netlink socket")
        }
        // 64 KiB hold every answer: a message is at most 32 KiB, and asking for its size first costs a system call each.
        unsafe nl_socket_disable_msg_peek(socket)
        unsafe nl_socket_set_msg_buf_size(socket, 65_536)
        let descriptor = unsafe nl_socket_get_fd(socket)
        var on: CInt = 1
        for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK] {
            unsafe setsockopt(descriptor, SOL_NETLINK, CInt(option), &on, socklen_t(MemoryLayout<CInt>.size))
        }
        return unsafe socket
    }

    deinit {
        unsafe nl_cb_put(callbacks)
        unsafe nl_socket_free(socket)
    }

    /// Opens one inside a network namespace, on a thread that goes there for that.
    public static func open(in namespace: borrowing Namespace) throws -> NetlinkSocket {
        let descriptor = try namespace.duplicate()
        return try onOwnThread { () throws(any Error) in
            try descriptor.enter()
            return SentSocket(socket: try NetlinkSocket())
        }.socket
    }

    /// Sends a request and waits for the kernel's acknowledgement.
    func perform(_ message: NetlinkMessage, _ operation: @autoclosure () -> String) throws(NetlinkError) {
        _ = try exchange(message, operation())
    }

    /// Sends a query and returns what the kernel answered, in its order.
    ///
    /// A dump during which the kernel's tables changed (NLM_F_DUMP_INTR) may be wrong: it is asked for again.
    func query(_ message: NetlinkMessage, _ operation: @autoclosure () -> String) throws(NetlinkError)
        -> [KernelMessage]
    {
        for _ in 0..<50 {
            if let answer = try exchange(message, operation()) { return answer }
        }
        throw NetlinkError(.resourceTemporarilyUnavailable, operation(), sentence: "the kernel's tables keep changing")
    }

    /// The messages of the answer; nil for a dump that was interrupted by a change.
    private func exchange(
        _ message: NetlinkMessage, _ operation: @autoclosure () -> String
    ) throws(NetlinkError) -> [KernelMessage]? {
        reception.begin()
        let sent = unsafe nl_send_auto(socket, message.pointer)
        guard sent >= 0 else { throw .library(sent, operation()) }
        var interrupted = false
        while !reception.isComplete {
            let received = unsafe nl_recvmsgs(socket, callbacks)
            if let refusal = reception.refusal {
                throw NetlinkError(refusal.code, operation(), sentence: refusal.sentence)
            }
            if received == -NLE_DUMP_INTR { interrupted = true }
            guard received >= 0 || interrupted else { throw .library(received, operation()) }
        }
        return interrupted ? nil : reception.messages
    }
}

/// A socket on its way between threads: it belongs to one of them at a time.
private struct SentSocket: ~Copyable, @unchecked Sendable {
    let socket: NetlinkSocket
}

/// What has come in for the request under way; libnl calls its functions back.
private final class Reception {
    struct Refusal {
        let code: Errno
        let sentence: String?
    }

    private(set) var messages: [KernelMessage] = []
    private(set) var isComplete = false
    private(set) var refusal: Refusal?

    func begin() {
        messages = []
        isComplete = false
        refusal = nil
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Reception? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<Reception>.fromOpaque(context).takeUnretainedValue()
    }

    static let valid: nl_recvmsg_msg_cb_t = { message, context in
        guard let header = unsafe nlmsg_hdr(message) else { return CInt(NL_SKIP.rawValue) }
        let size = unsafe Int(header.pointee.nlmsg_len) - Int(nlmsg_hdr_size())
        let bytes = unsafe Array(UnsafeRawBufferPointer(start: nlmsg_data(header), count: size))
        let type = unsafe header.pointee.nlmsg_type
        unsafe from(context)?.messages.append(KernelMessage(type: type, bytes: bytes))
        return CInt(NL_OK.rawValue)
    }

    static let finished: nl_recvmsg_msg_cb_t = { _, context in
        unsafe from(context)?.isComplete = true
        return CInt(NL_STOP.rawValue)
    }

    static let refused: nl_recvmsg_err_cb_t = { _, error, context in
        guard let error = unsafe error else { return -1 }
        let code = unsafe Errno(rawValue: -error.pointee.error)
        unsafe from(context)?.refusal = Refusal(code: code, sentence: sentence(after: error))
        return -1
    }

    /// The kernel's sentence: attributes behind `struct nlmsgerr`, which libnl 3.7 does not look at.
    private static func sentence(after error: UnsafeMutablePointer<nlmsgerr>) -> String? {
        let header = unsafe UnsafeRawPointer(error) - Int(nlmsg_hdr_size())
        let message = unsafe header.assumingMemoryBound(to: nlmsghdr.self).pointee
        guard Int32(message.nlmsg_flags) & NLM_F_ACK_TLVS != 0 else { return nil }
        // NETLINK_CAP_ACK leaves the request's content out, so the attributes follow at once.
        let size = Int(message.nlmsg_len) - Int(nlmsg_hdr_size()) - MemoryLayout<nlmsgerr>.size
        guard size > 0 else { return nil }
        let bytes = unsafe Array(UnsafeRawBufferPointer(start: UnsafeRawPointer(error + 1), count: size))
        let text = Attributes(bytes[...])[Int(NLMSGERR_ATTR_MSG.rawValue)]?.text
        return text.map { String(decoding: $0, as: UTF8.self) }
    }
}
