internal import CNetlink
internal import SystemPackage

/// A request being written, in libnl's buffer, which grows with it.
///
/// How long it gets is up to the host and the containers. What a message cannot hold is no fault of ours: the first of it is
/// remembered, and thrown when the request is to be sent.
@safe final class NetlinkMessage {
    /// Nil when there was no memory.
    private let pointer: OpaquePointer?
    private var fault: (code: Errno, sentence: String?)?

    /// A message of an `RTM_` type with its fixed header; `flags` are `NLM_F_` beyond NLM_F_REQUEST.
    init<Header: BitwiseCopyable>(_ type: Int, flags: CInt = 0, header: Header) {
        unsafe pointer = nlmsg_alloc_simple(CInt(type), flags)
        unsafe withUnsafeBytes(of: header) { unsafe append($0) }
    }

    /// A message that the kernel sent once, to be sent back to it.
    init(replaying message: KernelMessage, flags: CInt) {
        unsafe pointer = nlmsg_alloc_simple(CInt(message.type), flags)
        unsafe message.bytes.withUnsafeBytes { unsafe append($0) }
    }

    /// Takes over a message that libnl-route has built.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit { unsafe nlmsg_free(pointer) }

    /// How many bytes it has so far, with `struct nlmsghdr`.
    var count: Int { unsafe pointer.map { Int(unsafe nlmsg_hdr($0).pointee.nlmsg_len) } ?? 0 }

    /// libnl's message, made a new request, also when it was sent before: libnl numbers only what has no number, and an answer
    /// to an old number is none that it waits for.
    ///
    /// Throws what could not be written: EMSGSIZE for an attribute of more than 65535 bytes, or ENOMEM.
    func prepared(for operation: @autoclosure () -> String) throws(NetlinkError) -> OpaquePointer {
        guard let pointer = unsafe pointer else { throw NetlinkError(.noMemory, operation()) }
        if let fault { throw NetlinkError(fault.code, operation(), sentence: fault.sentence) }
        unsafe nlmsg_hdr(pointer).pointee.nlmsg_seq = 0
        return unsafe pointer
    }

    func put(_ attribute: Int, _ value: UInt32) {
        unsafe withUnsafeBytes(of: value) { unsafe put(attribute, $0) }
    }

    func put(_ attribute: Int, _ value: UInt8) {
        unsafe withUnsafeBytes(of: value) { unsafe put(attribute, $0) }
    }

    func put(_ attribute: Int, _ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe put(attribute, $0) }
    }

    func put(_ attribute: Int, _ name: LinkName) {
        put(attribute, name.bytes + [0])
    }

    /// Puts an attribute that holds those which `body` puts.
    func nest(_ attribute: Int, _ body: (NetlinkMessage) -> Void) {
        guard let pointer = unsafe room(for: Self.headerSize) else { return }
        let place = unsafe nla_nest_start(pointer, CInt(attribute)).map { unsafe Self.offset(of: $0, in: pointer) }
        body(self)
        // The buffer moves when it grows.
        guard let place, let header = unsafe nlmsg_hdr(pointer) else { return }
        let start = unsafe (UnsafeMutableRawPointer(header) + place).assumingMemoryBound(to: nlattr.self)
        if unsafe nla_nest_end(pointer, start) != 0 { refuse(attribute) }
    }
}

// Writing into a buffer that libnl takes as it is.
extension NetlinkMessage {
    private static let headerSize = MemoryLayout<nlattr>.size

    /// The message, once it has room for some bytes more, and to align them. Nil for one that cannot have them.
    private func room(for bytes: Int) -> OpaquePointer? {
        guard fault == nil, let pointer = unsafe pointer else { return nil }
        let (size, needed) = (Int(unsafe nlmsg_get_max_size(pointer)), count + bytes + 2 * Int(NLMSG_ALIGNTO))
        if needed > size, unsafe nlmsg_expand(pointer, max(needed, 2 * size)) != 0 {
            fault = (.noMemory, nil)
            return nil
        }
        return unsafe pointer
    }

    private static func offset(of attribute: UnsafeMutablePointer<nlattr>, in message: OpaquePointer) -> Int {
        unsafe UnsafeMutableRawPointer(attribute) - UnsafeMutableRawPointer(nlmsg_hdr(message))
    }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        guard let pointer = unsafe room(for: bytes.count) else { return }
        let start = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        if unsafe nlmsg_append(pointer, start, bytes.count, CInt(NLMSG_ALIGNTO)) != 0 { fault = (.noMemory, nil) }
    }

    private func put(_ attribute: Int, _ bytes: UnsafeRawBufferPointer) {
        // libnl would cut the length to the 16 bits that it has in the message.
        guard bytes.count <= Int(UInt16.max) - Self.headerSize else { return refuse(attribute) }
        guard let pointer = unsafe room(for: Self.headerSize + bytes.count) else { return }
        let result = unsafe nla_put(pointer, CInt(attribute), CInt(bytes.count), bytes.baseAddress)
        if result != 0 { fault = (.noMemory, nil) }
    }

    private func refuse(_ attribute: Int) {
        fault = fault ?? (.messageTooLong, "attribute \(attribute) is longer than the 64 KiB that one can be")
    }
}
