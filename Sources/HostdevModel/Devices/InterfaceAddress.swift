/// An IP address of an interface.
public struct InterfaceAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address, and the network that it is in.
    public let address: IPPrefix
    /// The address of the other end of a point-to-point link.
    public let peer: IPAddress?

    /// An address; the peer, if there is one, is of the same family.
    public init(_ address: IPPrefix, peer: IPAddress? = nil) throws(InvalidValue) {
        if let peer, peer.family != address.address.family {
            throw InvalidValue("\(peer)", isNot: "a peer of \(address)", allowed: "is an address of the same family")
        }
        self.address = address
        self.peer = peer
    }

    /// The address with its prefix, and the peer.
    public var description: String {
        guard let peer else { return address.description }
        return "\(address) peer \(peer)"
    }
}
