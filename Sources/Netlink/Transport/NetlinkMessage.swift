internal import CNetlink
internal import SystemPackage

/// A request that is being written, in libnl's buffer. It grows as needed: the host and its containers decide how long it gets.
///
/// The first failure to write is remembered, and thrown when the request is to be sent: an attribute that is longer than netlink
/// allows, or no memory.
@safe final class NetlinkMessage {
    /// Nil when there was no memory.
    private let pointer: OpaquePointer?
    private var failure: (code: Errno, sentence: String?)?

    /// A message of a type with its fixed header. `flags` are the `NLM_F_` flags beyond NLM_F_REQUEST and NLM_F_ACK.
    init<Header: BitwiseCopyable>(_ type: Int, flags: CInt = 0, header: Header) {
        unsafe pointer = nlmsg_alloc_simple(CInt(truncatingIfNeeded: type), flags)
        unsafe withUnsafeBytes(of: header) { unsafe append($0) }
    }

    /// A message that repeats what the kernel sent.
    init(replaying message: KernelMessage, flags: CInt) {
        unsafe pointer = nlmsg_alloc_simple(CInt(message.type), flags)
        unsafe message.bytes.withUnsafeBytes { unsafe append($0) }
    }

    /// Takes over a message that libnl-route has built.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit { unsafe nlmsg_free(pointer) }

    /// How many bytes the message has so far, with `struct nlmsghdr`.
    var count: Int { unsafe pointer.map { unsafe Int(nlmsg_hdr($0).pointee.nlmsg_len) } ?? 0 }

    /// Returns libnl's message as a new request, also when it was sent before: libnl gives a sequence number to a message without
    /// one only.
    ///
    /// - Throws: EMSGSIZE when an attribute is longer than the 65,535 bytes that netlink allows, and ENOMEM.
    func prepared(for operation: @autoclosure () -> String) throws(NetlinkError) -> OpaquePointer {
        guard let pointer = unsafe pointer else { throw NetlinkError(.noMemory, operation()) }
        if let failure { throw NetlinkError(failure.code, operation(), sentence: failure.sentence) }
        unsafe nlmsg_hdr(pointer).pointee.nlmsg_seq = 0
        return unsafe pointer
    }

    func put(_ attribute: Int, _ value: some FixedWidthInteger) { put(attribute, value.littleEndianBytes) }

    func put(_ attribute: Int, _ name: LinkName) { put(attribute, name.bytes + [0]) }

    func put(_ attribute: Int, _ value: [UInt8]) {
        // libnl would truncate the length to the 16 bits that a message has for it.
        guard value.count <= Int(UInt16.max) - Self.attributeHeaderSize else { return refuse(attribute) }
        guard let pointer = unsafe reserve(Self.attributeHeaderSize + value.count) else { return }
        let result = unsafe nla_put(pointer, CInt(truncatingIfNeeded: attribute), CInt(value.count), value)
        if result != 0 { failure = (.noMemory, nil) }
    }

    /// Puts an attribute that holds the attributes which `body` puts. It gets the mark of a nest, which the kernel requires of
    /// some. A nest without attributes is left out.
    func nest(_ attribute: Int, _ body: (NetlinkMessage) -> Void) {
        guard let pointer = unsafe reserve(Self.attributeHeaderSize) else { return }
        let start = unsafe nla_nest_start(pointer, CInt(truncatingIfNeeded: attribute)).map {
            unsafe UnsafeMutableRawPointer($0) - UnsafeMutableRawPointer(nlmsg_hdr(pointer))
        }
        body(self)
        // The buffer moves when it grows.
        guard let start, let header = unsafe nlmsg_hdr(pointer) else { return }
        let place = unsafe (UnsafeMutableRawPointer(header) + start).assumingMemoryBound(to: nlattr.self)
        if unsafe nla_nest_end(pointer, place) != 0 { refuse(attribute) }
    }

    private static let attributeHeaderSize = MemoryLayout<nlattr>.size

    /// Makes room for some bytes and what aligns them. Returns nil after a failure.
    private func reserve(_ bytes: Int) -> OpaquePointer? {
        guard failure == nil, let pointer = unsafe pointer else { return nil }
        let size = Int(unsafe nlmsg_get_max_size(pointer))
        let needed = count + bytes + 2 * Int(NLMSG_ALIGNTO)
        if needed > size, unsafe nlmsg_expand(pointer, max(needed, 2 * size)) != 0 {
            failure = (.noMemory, nil)
            return nil
        }
        return unsafe pointer
    }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        guard let pointer = unsafe reserve(bytes.count) else { return }
        let start = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        if unsafe nlmsg_append(pointer, start, bytes.count, CInt(NLMSG_ALIGNTO)) != 0 { failure = (.noMemory, nil) }
    }

    private func refuse(_ attribute: Int) {
        failure =
            failure ?? (.messageTooLong, "attribute \(attribute) is longer than the 64 KiB that netlink allows")
    }
}
