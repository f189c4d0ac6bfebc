/// What an interface carries and loses with a move, in the kernel's own messages: to look at, to keep, to put back.
public struct LinkConfiguration: Hashable, Sendable {
    /// RTM_NEWADDR for each address, in the kernel's order, IPv4 first.
    public var addresses: [AddressRecord]
    /// RTM_NEWROUTE for each route that leads through the interface.
    public var routes: [RouteRecord]
    /// RTM_NEWNEIGH for each neighbour that somebody entered by hand (permanent).
    public var neighbours: [NeighbourRecord]

    /// A configuration from its parts.
    public init(addresses: [AddressRecord] = [], routes: [RouteRecord] = [], neighbours: [NeighbourRecord] = []) {
        self.addresses = addresses
        self.routes = routes
        self.neighbours = neighbours
    }
}
