internal import CNetlink
internal import SystemPackage

/// A request that is being written. It grows as needed: the host and its containers decide how long it gets.
///
/// An attribute that is longer than netlink allows makes the request unusable. The first one is remembered, and thrown when
/// the request is to be sent.
final class NetlinkMessage {
    /// The whole message, beginning with `struct nlmsghdr`: length, type, flags, sequence number, port.
    private var bytes: [UInt8]
    /// The type of the first attribute that was too long.
    private var oversized: Int?

    static let headerSize = MemoryLayout<nlmsghdr>.size

    /// A message of a type with its fixed header. `flags` are the `NLM_F_` flags beyond NLM_F_REQUEST and NLM_F_ACK.
    convenience init<Header: BitwiseCopyable>(_ type: Int, flags: CInt = 0, header: Header) {
        self.init(type, flags: flags, body: unsafe withUnsafeBytes(of: header) { unsafe Array($0) })
    }

    /// A message that repeats what the kernel sent.
    convenience init(replaying message: KernelMessage, flags: CInt) {
        self.init(Int(message.type), flags: flags, body: message.bytes)
    }

    private init(_ type: Int, flags: CInt, body: [UInt8]) {
        bytes = [UInt8](repeating: 0, count: Self.headerSize)
        bytes.set(UInt16(truncatingIfNeeded: type), at: 4)
        bytes.set(UInt16(truncatingIfNeeded: flags | NLM_F_REQUEST | NLM_F_ACK), at: 6)
        bytes += body + [UInt8](repeating: 0, count: aligned(body.count) - body.count)
    }

    /// Returns the message as it is sent, under a sequence number.
    ///
    /// - Throws: EMSGSIZE when an attribute is longer than the 65,535 bytes that netlink allows.
    func datagram(number: UInt32, for operation: @autoclosure () -> String) throws(NetlinkError) -> [UInt8] {
        if let oversized {
            throw NetlinkError(
                .messageTooLong, operation(),
                sentence: "attribute \(oversized) is longer than the 64 KiB that netlink allows")
        }
        var datagram = bytes
        datagram.set(UInt32(truncatingIfNeeded: bytes.count), at: 0)
        datagram.set(number, at: 8)
        return datagram
    }

    func put(_ attribute: Int, _ value: some FixedWidthInteger) { put(attribute, value.littleEndianBytes) }

    func put(_ attribute: Int, _ name: LinkName) { put(attribute, name.bytes + [0]) }

    func put(_ attribute: Int, _ value: [UInt8]) {
        guard value.count <= Int(UInt16.max) - 4 else { return refuse(attribute) }
        bytes.append(Attributes.Attribute(type: attribute, value: value[...]))
    }

    /// Puts an attribute that holds the attributes which `body` puts. It gets the mark of a nest, which the kernel requires of
    /// some.
    func nest(_ attribute: Int, _ body: (NetlinkMessage) -> Void) {
        let start = bytes.count
        bytes.append(Attributes.Attribute(type: attribute, flags: UInt16(NLA_F_NESTED), value: []))
        body(self)
        let length = bytes.count - start
        guard length <= Int(UInt16.max) else { return refuse(attribute) }
        bytes.set(UInt16(truncatingIfNeeded: length), at: start)
    }

    private func refuse(_ attribute: Int) { oversized = oversized ?? attribute }
}
