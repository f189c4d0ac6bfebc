internal import CNetlink
internal import Glibc

/// A neighbour: RTM_NEWNEIGH, `struct ndmsg`.
public struct NeighbourRecord: Hashable, Sendable, CustomStringConvertible {
    /// The kernel's message.
    public var message: KernelMessage

    /// Takes an RTM_NEWNEIGH.
    public init(_ message: KernelMessage) {
        self.message = message
    }

    /// The number of the interface behind which it is.
    public var linkIndex: Int32 { message.header(at: 4, as: Int32.self) }
    /// Whether somebody entered it by hand (NUD_PERMANENT).
    public var isPermanent: Bool { message.header(at: 8, as: UInt16.self) == UInt16(NUD_PERMANENT) }
    /// Whether the interface answers in its place (NTF_PROXY).
    public var isProxy: Bool { message.header(at: 10, as: UInt8.self) & UInt8(NTF_PROXY) != 0 }

    /// Whether it is a hardware address: of a bridge's table, or one that the interface listens to besides its own.
    public var isForwardingEntry: Bool { message.header(at: 0, as: UInt8.self) == UInt8(AF_BRIDGE) }
    /// Whether somebody entered it: neither learnt, nor an address of a group, which the kernel listens to for programs.
    var isEntered: Bool {
        guard isForwardingEntry else { return isPermanent || isProxy }
        let isLasting = message.header(at: 8, as: UInt16.self) & UInt16(NUD_PERMANENT | NUD_NOARP) != 0
        return isLasting && (hardwareAddress.first ?? 1) & 1 == 0
    }
    private var hardwareAddress: [UInt8] { Array(attributes[NDA_LLADDR]?.value ?? []) }
    private var attributes: Attributes { message.attributes(after: ndmsg.self) }

    /// What tells two neighbours apart, and what is known of one: without what the kernel counts.
    public var identity: KernelMessage {
        var identity = KernelMessage(type: message.type, bytes: Array(message.bytes.prefix(MemoryLayout<ndmsg>.size)))
        identity.set(Int32(0), at: 4)
        for type in [NDA_DST, NDA_LLADDR, NDA_VLAN, NDA_MASTER] {
            if let attribute = attributes[type] { identity.add(attribute) }
        }
        return identity
    }

    /// What a request to enter it has. Of hardware addresses the kernel says less than it wants to be told, and more.
    var request: KernelMessage {
        guard isForwardingEntry else { return message }
        var request = KernelMessage(type: message.type, bytes: Array(message.bytes.prefix(MemoryLayout<ndmsg>.size)))
        request.set(UInt8(attributes[NDA_MASTER] == nil ? NTF_SELF : NTF_MASTER), at: 10)
        for attribute in [NDA_LLADDR, NDA_VLAN, NDA_DST].compactMap({ attributes[$0] }) {
            request.add(attribute)
        }
        return request
    }

    /// The same neighbour behind another interface.
    func moved(to index: Int32) -> NeighbourRecord {
        var copy = self
        copy.message.set(index, at: 4)
        return copy
    }

    /// Its network address, or its hardware address where it has no other.
    public var description: String {
        isForwardingEntry
            ? hardwareAddress.map(hexadecimal).joined(separator: ":")
            : addressText(Array(attributes[NDA_DST]?.value ?? []))
    }
}
