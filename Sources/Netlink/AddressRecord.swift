internal import CNetlink

/// An address of an interface: RTM_NEWADDR, `struct ifaddrmsg`.
public struct AddressRecord: Hashable, Sendable, CustomStringConvertible {
    /// The kernel's message.
    public var message: KernelMessage

    /// Takes an RTM_NEWADDR.
    public init(_ message: KernelMessage) {
        self.message = message
    }

    private var attributes: Attributes { message.attributes(after: ifaddrmsg.self) }

    /// The address family, AF_INET or AF_INET6.
    public var family: UInt8 { message.header(at: 0, as: UInt8.self) }
    /// How many bits of the address name the network.
    public var prefixLength: UInt8 { message.header(at: 1, as: UInt8.self) }
    /// RT_SCOPE_: 0 global, 253 link.
    public var scope: UInt8 { message.header(at: 3, as: UInt8.self) }
    /// The number of the interface that has it.
    public var linkIndex: UInt32 { message.header(at: 4, as: UInt32.self) }
    /// The interface's own address. On a point-to-point link it differs from ``peer``.
    public var local: [UInt8] { Array((attributes[IFA_LOCAL] ?? attributes[IFA_ADDRESS])?.value ?? []) }
    /// The other end's address on a point-to-point link, else the same as ``local``.
    public var peer: [UInt8] { Array(attributes[IFA_ADDRESS]?.value ?? []) }
    /// `IFA_F_` flags.
    public var flags: UInt32 {
        attributes[IFA_FLAGS]?.number ?? UInt32(message.header(at: 2, as: UInt8.self))
    }
    /// Whether it stays until somebody takes it away (IFA_F_PERMANENT).
    public var isPermanent: Bool { flags & UInt32(IFA_F_PERMANENT) != 0 }

    /// The same address for another interface.
    func moved(to index: Int32) -> AddressRecord {
        var copy = self
        copy.message.set(index, at: 4)
        return copy
    }

    /// The same address without its IPv4 label, which begins with the name of the interface that it was on.
    public var withoutLabel: AddressRecord {
        var copy = self
        copy.message.removeAttribute(IFA_LABEL, after: ifaddrmsg.self)
        return copy
    }

    /// The same address with other `IFA_F_` flags.
    func with(flags: UInt32) -> AddressRecord {
        var copy = self
        copy.message.set(UInt8(truncatingIfNeeded: flags), at: 2)
        copy.message.setAttribute(IFA_FLAGS, to: flags, after: ifaddrmsg.self)
        return copy
    }

    /// `10.0.0.1/24`.
    public var description: String { "\(addressText(local))/\(prefixLength)" }
}
