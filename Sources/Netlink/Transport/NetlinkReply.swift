internal import CNetlink
internal import SystemPackage

/// The kernel's reply to one request, as libnl delivers it to the callbacks: netlink(7).
final class NetlinkReply {
    /// What ends a reply.
    enum End: Equatable {
        /// All of it was received: NLMSG_DONE, or NLMSG_ERROR with code 0.
        case complete
        /// A message was enough. More may follow, which nobody wants.
        case enough
        /// The kernel refused the request, with its own sentence where it gave one: the extended acknowledgement of Linux 4.12.
        case refused(Errno, sentence: String?)
    }

    /// The messages with content, in the kernel's order.
    private(set) var messages: [KernelMessage] = []
    /// Nil while more is to come.
    private(set) var end: End?
    /// The sequence number of the request. Replies to others are skipped.
    var number: UInt32 = 0

    private let isEnough: ((KernelMessage) -> Bool)?

    /// An empty reply. A message for which `isEnough` returns true ends it early.
    init(isEnough: ((KernelMessage) -> Bool)?) {
        self.isEnough = isEnough
    }

    /// Has libnl deliver what it receives with these callbacks. The reply has to live as long as they are used.
    func receive(by callbacks: OpaquePointer) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe nl_cb_set(callbacks, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, Self.number, context)
        unsafe nl_cb_set(callbacks, NL_CB_VALID, NL_CB_CUSTOM, Self.content, context)
        unsafe nl_cb_set(callbacks, NL_CB_FINISH, NL_CB_CUSTOM, Self.finish, context)
        unsafe nl_cb_set(callbacks, NL_CB_ACK, NL_CB_CUSTOM, Self.acknowledgement, context)
        unsafe nl_cb_err(callbacks, NL_CB_CUSTOM, Self.error, context)
    }

    private static func reply(_ context: UnsafeMutableRawPointer?) -> NetlinkReply? {
        unsafe context.map { unsafe Unmanaged<NetlinkReply>.fromOpaque($0).takeUnretainedValue() }
    }

    private static let number: nl_recvmsg_msg_cb_t = { message, context in
        guard let header = unsafe nlmsg_hdr(message), let reply = unsafe reply(context) else { return -1 }
        let isOurs = unsafe header.pointee.nlmsg_seq == reply.number
        return CInt((isOurs ? NL_OK : NL_SKIP).rawValue)
    }

    private static let content: nl_recvmsg_msg_cb_t = { message, context in
        guard let header = unsafe nlmsg_hdr(message), let reply = unsafe reply(context) else { return -1 }
        let received = unsafe KernelMessage(type: header.pointee.nlmsg_type, bytes: bytes(of: header))
        reply.messages.append(received)
        guard reply.isEnough?(received) == true else { return CInt(NL_OK.rawValue) }
        reply.end = .enough
        return CInt(NL_STOP.rawValue)
    }

    /// The end of a list says whether it is complete. It is not when the kernel could not go on, such as at a route that does not
    /// fit into the 32 KiB of a part (EMSGSIZE). libnl ignores that.
    private static let finish: nl_recvmsg_msg_cb_t = { message, context in
        guard let header = unsafe nlmsg_hdr(message), let reply = unsafe reply(context) else { return -1 }
        let code = unsafe Int32(littleEndianBytes: bytes(of: header))
        reply.end = code >= 0 ? .complete : .refused(Errno(rawValue: 0 &- code), sentence: nil)
        return CInt(NL_STOP.rawValue)
    }

    private static let acknowledgement: nl_recvmsg_msg_cb_t = { _, context in
        unsafe reply(context)?.end = .complete
        return CInt(NL_STOP.rawValue)
    }

    private static let error: nl_recvmsg_err_cb_t = { _, error, context in
        guard let error = unsafe error, let reply = unsafe reply(context) else { return -1 }
        let code = unsafe Errno(rawValue: 0 &- error.pointee.error)
        reply.end = unsafe .refused(code, sentence: sentence(after: error))
        return -1
    }

    /// The attribute NLMSGERR_ATTR_MSG behind `struct nlmsgerr`, which libnl 3.7 does not read. NETLINK_CAP_ACK leaves the
    /// request's content out in between.
    private static func sentence(after error: UnsafeMutablePointer<nlmsgerr>) -> String? {
        let start = unsafe UnsafeMutableRawPointer(error) - MemoryLayout<nlmsghdr>.size
        let header = unsafe start.assumingMemoryBound(to: nlmsghdr.self)
        guard CInt(unsafe header.pointee.nlmsg_flags) & NLM_F_ACK_TLVS != 0 else { return nil }
        let attributes = unsafe Attributes(bytes(of: header).dropFirst(MemoryLayout<nlmsgerr>.size))
        return attributes[Int(NLMSGERR_ATTR_MSG.rawValue)].map { String(decoding: $0.text, as: UTF8.self) }
    }

    /// Everything after `struct nlmsghdr`. libnl has made sure that the message is as long as it says.
    private static func bytes(of header: UnsafeMutablePointer<nlmsghdr>) -> [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: nlmsg_data(header), count: Int(nlmsg_datalen(header))))
    }
}
