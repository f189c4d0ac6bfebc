internal import CNetlink
internal import SystemPackage

/// What has come in for the request under way; libnl calls its functions back.
final class Reception {
    struct Refusal {
        let code: Errno
        let sentence: String?
    }

    private(set) var messages: [KernelMessage] = []
    private(set) var isComplete = false
    private(set) var refusal: Refusal?

    private var isEnough: ((KernelMessage) -> Bool)?
    /// The number of the request under way.
    private var number: UInt32 = 0
    /// Whether the kernel may have more to say than was received.
    private(set) var hasRest = false

    /// A new request: its answer ends early with a message that is enough.
    func begin(_ isEnough: ((KernelMessage) -> Bool)?) {
        self.isEnough = isEnough
        messages = []
        isComplete = false
        refusal = nil
        hasRest = false
    }

    /// The request was sent under a number.
    func await(number: UInt32) {
        self.number = number
        hasRest = true
    }

    private func end() {
        isComplete = true
        hasRest = false
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
        guard let reception = unsafe from(context) else { return -1 }
        let received = KernelMessage(type: type, bytes: bytes)
        reception.messages.append(received)
        guard reception.isEnough?(received) == true else { return CInt(NL_OK.rawValue) }
        reception.isComplete = true
        return CInt(NL_STOP.rawValue)
    }

    /// An answer to another request, which was not received to its end, is none to this one.
    static let numbered: nl_recvmsg_msg_cb_t = { message, context in
        guard let header = unsafe nlmsg_hdr(message), let reception = unsafe from(context) else { return -1 }
        let isAnswer = unsafe header.pointee.nlmsg_seq == reception.number
        return CInt(isAnswer ? NL_OK.rawValue : NL_SKIP.rawValue)
    }

    static let acknowledged: nl_recvmsg_msg_cb_t = { _, context in
        unsafe from(context)?.end()
        return CInt(NL_STOP.rawValue)
    }

    /// The end of a list says whether that is all of it, and not that the kernel could not go on: as with a route that is too
    /// long for the 32 KiB of a part (EMSGSIZE). libnl does not look.
    static let finished: nl_recvmsg_msg_cb_t = { message, context in
        guard let header = unsafe nlmsg_hdr(message), let reception = unsafe from(context) else { return -1 }
        let bytes = unsafe UnsafeRawBufferPointer(start: nlmsg_data(header), count: Int(nlmsg_datalen(header)))
        let result = unsafe Int32(littleEndianBytes: bytes)
        if result < 0 { reception.refusal = Refusal(code: Errno(rawValue: 0 &- result), sentence: nil) }
        reception.end()
        return CInt(NL_STOP.rawValue)
    }

    static let refused: nl_recvmsg_err_cb_t = { _, error, context in
        guard let error = unsafe error else { return -1 }
        let code = unsafe Errno(rawValue: 0 &- error.pointee.error)
        guard let reception = unsafe from(context) else { return -1 }
        reception.refusal = unsafe Refusal(code: code, sentence: sentence(after: error))
        reception.hasRest = false
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
