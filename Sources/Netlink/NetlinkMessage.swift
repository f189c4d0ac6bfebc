internal import CNetlink

/// A request being written, in libnl's buffer.
@safe final class NetlinkMessage {
    let pointer: OpaquePointer

    /// A message of an `RTM_` type with its fixed header; `flags` are `NLM_F_` beyond NLM_F_REQUEST.
    init<Header: BitwiseCopyable>(_ type: Int, flags: CInt = 0, header: Header) {
        unsafe pointer = Self.allocated(type, flags)
        unsafe withUnsafeBytes(of: header) { unsafe append($0) }
    }

    /// A message that the kernel sent once, to be sent back to it.
    init(replaying message: KernelMessage, flags: CInt) {
        unsafe pointer = Self.allocated(Int(message.type), flags)
        unsafe message.bytes.withUnsafeBytes { unsafe append($0) }
    }

    /// Takes over a message that libnl-route has built.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit { unsafe nlmsg_free(pointer) }

    /// Makes it a new request, also when it was sent before: libnl numbers only what has no number, and an answer to an old
    /// number is none that it waits for.
    func prepareToSend() {
        unsafe nlmsg_hdr(pointer).pointee.nlmsg_seq = 0
    }

    private static func allocated(_ type: Int, _ flags: CInt) -> OpaquePointer {
        guard let pointer = unsafe nlmsg_alloc_simple(CInt(type), flags) else { fatalError("out of memory") }
        return unsafe pointer
    }

    // libnl's buffer is a page, and no request here comes near it: a full one is a fault of ours.
    private func append(_ bytes: UnsafeRawBufferPointer) {
        let result = unsafe nlmsg_append(
            pointer, UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, CInt(NLMSG_ALIGNTO))
        precondition(result == 0, "a netlink message is full")
    }

    func put(_ attribute: Int, _ value: UInt32) {
        let result = unsafe nla_put_u32(pointer, CInt(attribute), value)
        precondition(result == 0, "a netlink message is full")
    }

    func put(_ attribute: Int, _ value: UInt8) {
        let result = unsafe nla_put_u8(pointer, CInt(attribute), value)
        precondition(result == 0, "a netlink message is full")
    }

    func put(_ attribute: Int, _ bytes: [UInt8]) {
        let result = unsafe bytes.withUnsafeBytes {
            unsafe nla_put(pointer, CInt(attribute), CInt($0.count), $0.baseAddress)
        }
        precondition(result == 0, "a netlink message is full")
    }

    func put(_ attribute: Int, _ name: LinkName) {
        put(attribute, name.bytes + [0])
    }

    func nest(_ attribute: Int, _ body: (NetlinkMessage) -> Void) {
        let start = unsafe nla_nest_start(pointer, CInt(attribute))
        body(self)
        unsafe nla_nest_end(pointer, start)
    }
}
