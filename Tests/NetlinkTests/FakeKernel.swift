import CNetlink
import Glibc
import Synchronization
import SystemPackage
import Testing

@testable import Netlink

/// Answers the requests of a ``NetlinkSocket`` in the kernel's place, in libnl's seams for that: no test that uses it needs root,
/// or a kernel with anything. For one test on one thread.
final class FakeKernel: @unchecked Sendable {
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
    private var replies: [[[Part]]]
    private var waiting: [[UInt8]] = []

    /// Replies to one request after the other: each is a list of datagrams.
    init(replies: [[[Part]]]) {
        self.replies = replies
    }

    /// The same.
    convenience init(_ replies: [[Part]]...) {
        self.init(replies: replies)
    }

    /// Replies to one request with an error.
    convenience init(refusing code: Errno, _ sentence: String? = nil) {
        self.init([[.answer(code, sentence)]])
    }

    /// Replies to one request with a list of messages, in one datagram, and the end of the list in another.
    convenience init(listing first: KernelMessage, _ others: KernelMessage...) {
        self.init([([first] + others).map { .message($0) }, [.done()]])
    }

    /// The fake kernels by the addresses of their libnl sockets: libnl hands its seams nothing else.
    private static let all = Mutex<[UInt: FakeKernel]>([:])

    private static func of(_ socket: OpaquePointer?) -> FakeKernel? {
        all.withLock { $0[UInt(bitPattern: socket)] }
    }

    /// A socket of libnl's, which the caller owns. libnl-genl takes only one that is connected for its protocol.
    fileprivate func librarySocket() throws -> OpaquePointer {
        let socket = unsafe try #require(nl_socket_alloc())
        Self.all.withLock { $0[UInt(bitPattern: socket)] = self }
        unsafe #expect(nl_connect(socket, NETLINK_GENERIC) == 0)
        let callbacks = unsafe nl_socket_get_cb(socket)
        defer { unsafe nl_cb_put(callbacks) }
        unsafe nl_cb_overwrite_send(callbacks) { socket, message in
            unsafe FakeKernel.of(socket)?.take(nlmsg_hdr(message)) ?? -NLE_BAD_SOCK
        }
        unsafe nl_cb_overwrite_recv(callbacks) { socket, _, buffer, _ in
            guard let fake = unsafe FakeKernel.of(socket), !fake.waiting.isEmpty else { return -NLE_AGAIN }
            let datagram = fake.waiting.removeFirst()
            let copy = unsafe malloc(max(1, datagram.count))
            unsafe copy?.copyMemory(from: datagram, byteCount: datagram.count)
            unsafe buffer?.pointee = copy?.assumingMemoryBound(to: UInt8.self)
            return CInt(datagram.count)
        }
        return unsafe socket
    }

    private func take(_ header: UnsafeMutablePointer<nlmsghdr>?) -> CInt {
        guard let header = unsafe header, !replies.isEmpty else { return -NLE_BAD_SOCK }
        let bytes = unsafe Array(UnsafeRawBufferPointer(start: nlmsg_data(header), count: Int(nlmsg_datalen(header))))
        let request = unsafe header.pointee
        requests.append(
            Request(flags: CInt(request.nlmsg_flags), message: KernelMessage(type: request.nlmsg_type, bytes: bytes)))
        waiting += replies.removeFirst().map { parts in parts.flatMap { Self.bytes($0, request.nlmsg_seq) } }
        return CInt(bytes.count)
    }

    private static func bytes(_ part: Part, _ number: UInt32) -> [UInt8] {
        switch part {
        case .message(let message, let flags): bytes(message.type, flags, number, message.bytes)
        case .done(let code): bytes(UInt16(NLMSG_DONE), NLM_F_MULTI, number, negative(code))
        case .answer(let code, let sentence):
            // struct nlmsgerr: the error number and the request's header.
            bytes(
                UInt16(NLMSG_ERROR), sentence == nil ? NLM_F_CAPPED : NLM_F_CAPPED | NLM_F_ACK_TLVS, number,
                negative(code) + [UInt8](repeating: 0, count: MemoryLayout<nlmsghdr>.size)
                    + attribute(Int(NLMSGERR_ATTR_MSG.rawValue), sentence.map { Array($0.utf8) + [0] }))
        case .stale(let message): bytes(message.type, 0, number &- 1, message.bytes)
        case .raw(let bytes): bytes
        }
    }

    private static func bytes(_ type: UInt16, _ flags: CInt, _ number: UInt32, _ content: [UInt8]) -> [UInt8] {
        let size = UInt32(MemoryLayout<nlmsghdr>.size + content.count)
        let header = size.littleEndianBytes + type.littleEndianBytes + UInt16(flags).littleEndianBytes
        return header + number.littleEndianBytes + [0, 0, 0, 0] + content
            + [UInt8](repeating: 0, count: aligned(content.count) - content.count)
    }

    private static func negative(_ code: Errno?) -> [UInt8] { (0 - (code?.rawValue ?? 0)).littleEndianBytes }
}

extension NetlinkSocket {
    /// A socket that a fake kernel answers.
    init(over fake: FakeKernel) throws {
        try unsafe self.init(owning: fake.librarySocket())
    }
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
