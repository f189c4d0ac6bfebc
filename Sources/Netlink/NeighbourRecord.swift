internal import CNetlink

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

    /// The same neighbour behind another interface.
    func moved(to index: Int32) -> NeighbourRecord {
        var copy = self
        copy.message.set(index, at: 4)
        return copy
    }

    /// Its network address.
    public var description: String {
        addressText(Array(message.attributes(after: ndmsg.self)[NDA_DST]?.value ?? []))
    }
}
