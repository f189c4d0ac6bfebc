import CNetlink
import SystemPackage

@testable import Netlink

/// Answers the requests of a ``NetlinkSocket`` in the kernel's place: no test that uses it needs root, or a kernel with anything.
final class FakeTransport: NetlinkTransport {
    /// A part of a datagram.
    enum Part {
        /// A message of the reply, with `NLM_F_` flags.
        case message(KernelMessage, flags: CInt = 0)
        /// NLMSG_DONE with an error number, 0 for none.
        case done(Errno? = nil)
        /// NLMSG_ERROR: an acknowledgement, or a refusal with the kernel's sentence.
        case answer(Errno? = nil, String? = nil)
        /// A message that belongs to another request.
        case stale(KernelMessage)
        /// Bytes as they are.
        case raw([UInt8])
    }

    /// A request that was sent.
    struct Request {
        let flags: CInt
        let message: KernelMessage
    }

    private(set) var requests: [Request] = []
    /// How many datagrams were dropped before a request.
    private(set) var discarded = 0
    private var replies: [[[Part]]]
    private var waiting: [[UInt8]] = []

    /// Replies to one request after the other: each is a list of datagrams.
    init(_ replies: [[Part]]...) {
        self.replies = replies
    }

    /// Replies to one request with an error.
    convenience init(refusing code: Errno, _ sentence: String? = nil) {
        self.init([[.answer(code, sentence)]])
    }

    /// Replies to one request with a list of messages, in one datagram, and the end of the list in another.
    convenience init(listing first: KernelMessage, _ others: KernelMessage...) {
        self.init([([first] + others).map { .message($0) }, [.done()]])
    }

    func send(_ datagram: [UInt8], _ operation: @autoclosure () -> String) throws(NetlinkError) {
        let type = UInt16(littleEndianBytes: datagram[4...])
        let flags = CInt(UInt16(littleEndianBytes: datagram[6...]))
        let number = UInt32(littleEndianBytes: datagram[8...])
        requests.append(
            Request(
                flags: flags,
                message: KernelMessage(type: type, bytes: Array(datagram.dropFirst(NetlinkMessage.headerSize)))))
        guard !replies.isEmpty else { throw NetlinkError(.brokenPipe, operation()) }
        waiting += replies.removeFirst().map { parts in parts.flatMap { Self.bytes($0, number) } }
    }

    func receive(_ operation: @autoclosure () -> String) throws(NetlinkError) -> [UInt8] {
        guard !waiting.isEmpty else { throw NetlinkError(.timedOut, operation()) }
        return waiting.removeFirst()
    }

    func discardWaiting() {
        discarded += waiting.count
        waiting = []
    }

    private static func bytes(_ part: Part, _ number: UInt32) -> [UInt8] {
        switch part {
        case .message(let message, let flags): bytes(message.type, flags, number, message.bytes)
        case .done(let code): bytes(UInt16(NLMSG_DONE), NLM_F_MULTI, number, negative(code))
        case .answer(let code, let sentence):
            // struct nlmsgerr: the error number and the request's header.
            bytes(
                UInt16(NLMSG_ERROR), sentence == nil ? NLM_F_CAPPED : NLM_F_CAPPED | NLM_F_ACK_TLVS, number,
                negative(code) + [UInt8](repeating: 0, count: NetlinkMessage.headerSize)
                    + attribute(Int(NLMSGERR_ATTR_MSG.rawValue), sentence.map { Array($0.utf8) + [0] }))
        case .stale(let message): bytes(message.type, 0, number &- 1, message.bytes)
        case .raw(let bytes): bytes
        }
    }

    private static func bytes(_ type: UInt16, _ flags: CInt, _ number: UInt32, _ content: [UInt8]) -> [UInt8] {
        let size = UInt32(NetlinkMessage.headerSize + content.count)
        let header = size.littleEndianBytes + type.littleEndianBytes + UInt16(flags).littleEndianBytes
        return header + number.littleEndianBytes + [0, 0, 0, 0] + content
            + [UInt8](repeating: 0, count: aligned(content.count) - content.count)
    }

    private static func negative(_ code: Errno?) -> [UInt8] { (0 - (code?.rawValue ?? 0)).littleEndianBytes }
}

/// An attribute as bytes; none without a value.
func attribute(_ type: Int, _ value: [UInt8]?) -> [UInt8] {
    guard let value else { return [] }
    var bytes: [UInt8] = []
    bytes.append(Attributes.Attribute(type: type, value: value[...]))
    return bytes
}

/// An RTM_NEWLINK.
func linkMessage(_ index: Int32, _ name: String, _ attributes: [UInt8] = []) -> KernelMessage {
    var message = KernelMessage(type: UInt16(RTM_NEWLINK), bytes: [UInt8](repeating: 0, count: 16))
    message.set(index, at: 4)
    message.bytes += attribute(IFLA_IFNAME, Array(name.utf8) + [0]) + attributes
    return message
}
