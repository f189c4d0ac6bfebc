/// What an interface carries and loses with a move, in the kernel's own messages: to look at, to keep, to put back.
public struct LinkConfiguration: Hashable, Sendable {
    /// RTM_NEWADDR for each address, in the kernel's order, IPv4 first.
    public var addresses: [AddressRecord]
    /// RTM_NEWNEXTHOP for each shared next hop that leads through the interface, then for each group with one of them.
    public var nextHops: [NextHopRecord]
    /// RTM_NEWROUTE for each route that leads through the interface.
    public var routes: [RouteRecord]
    /// RTM_NEWNEIGH for each neighbour that somebody entered by hand: permanent ones and proxies.
    public var neighbours: [NeighbourRecord]
    /// The queueing disciplines that are not the kernel's default.
    public var traffic: TrafficControl

    /// A configuration from its parts.
    public init(
        addresses: [AddressRecord] = [], nextHops: [NextHopRecord] = [], routes: [RouteRecord] = [],
        neighbours: [NeighbourRecord] = [], traffic: TrafficControl = TrafficControl()
    ) {
        self.addresses = addresses
        self.nextHops = nextHops
        self.routes = routes
        self.neighbours = neighbours
        self.traffic = traffic
    }
}
