/// What an interface loses when it moves to another network namespace, in the kernel's own messages.
public struct LinkConfiguration: Hashable, Sendable {
    /// Its addresses in the kernel's order, IPv4 first.
    public var addresses: [AddressRecord]
    /// The shared next hops that lead through it, then the groups with one of them.
    public var nextHops: [NextHopRecord]
    /// The routes that lead through it.
    public var routes: [RouteRecord]
    /// The neighbours that an administrator added behind it.
    public var neighbours: [NeighbourRecord]
    /// Its queueing disciplines, as far as they are not the kernel's default, with their classes and filters.
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

extension NetlinkSocket {
    /// Reads the configuration of an interface.
    public func configuration(of index: Int32) throws(NetlinkError) -> LinkConfiguration {
        LinkConfiguration(
            addresses: try addresses(of: index), nextHops: try nextHops(through: index),
            routes: try routes(through: index), neighbours: try neighbours(behind: index),
            traffic: try traffic(of: index))
    }
}
