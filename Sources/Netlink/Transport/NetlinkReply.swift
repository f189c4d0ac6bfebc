internal import CNetlink
internal import SystemPackage

/// The kernel's reply to one request, put together from the datagrams in which it comes: netlink(7).
struct NetlinkReply {
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
    /// Whether the kernel's tables changed during a dump, so that it may be wrong (NLM_F_DUMP_INTR).
    private(set) var isInterrupted = false
    /// Nil while more is to come.
    private(set) var end: End?

    private let number: UInt32
    private let isEnough: ((KernelMessage) -> Bool)?

    /// An empty reply to the request with a sequence number. A message for which `isEnough` returns true ends it early.
    init(to number: UInt32, isEnough: ((KernelMessage) -> Bool)?) {
        self.number = number
        self.isEnough = isEnough
    }

    /// Adds what a datagram holds, up to the end of the reply. Replies to other requests are skipped.
    mutating func add(_ datagram: [UInt8]) {
        var rest = datagram[...]
        while end == nil, rest.count >= NetlinkMessage.headerSize {
            let length = Int(UInt32(littleEndianBytes: rest))
            guard length >= NetlinkMessage.headerSize, length <= rest.count else { return }
            add(message: rest.prefix(length))
            rest = rest.dropFirst(aligned(length))
        }
    }

    /// The header is `struct nlmsghdr`: length, type, flags, sequence number, port.
    private mutating func add(message: ArraySlice<UInt8>) {
        guard UInt32(littleEndianBytes: message.dropFirst(8)) == number else { return }
        let type = UInt16(littleEndianBytes: message.dropFirst(4))
        let flags = CInt(UInt16(littleEndianBytes: message.dropFirst(6)))
        let content = message.dropFirst(NetlinkMessage.headerSize)
        if flags & NLM_F_DUMP_INTR != 0 { isInterrupted = true }
        switch CInt(type) {
        case NLMSG_NOOP: break
        // Both begin with a negative errno(3), or 0. At the end of a list it says that the kernel could not go on, such as at a
        // route that does not fit into the 32 KiB of a part (EMSGSIZE).
        case NLMSG_ERROR, NLMSG_DONE:
            let code = Int32(littleEndianBytes: content)
            let sentence = CInt(type) == NLMSG_ERROR ? Self.sentence(in: content, flags: flags) : nil
            end = code >= 0 ? .complete : .refused(Errno(rawValue: 0 &- code), sentence: sentence)
        default:
            let received = KernelMessage(type: type, bytes: Array(content))
            messages.append(received)
            if isEnough?(received) == true { end = .enough }
        }
    }

    /// The attribute NLMSGERR_ATTR_MSG behind `struct nlmsgerr`. NETLINK_CAP_ACK leaves the request's content out in between.
    private static func sentence(in content: ArraySlice<UInt8>, flags: CInt) -> String? {
        guard flags & NLM_F_ACK_TLVS != 0 else { return nil }
        let attributes = Attributes(content.dropFirst(MemoryLayout<nlmsgerr>.size))
        return attributes[Int(NLMSGERR_ATTR_MSG.rawValue)].map { String(decoding: $0.text, as: UTF8.self) }
    }
}
