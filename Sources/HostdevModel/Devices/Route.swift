/// A route over an interface.
public struct Route: Hashable, Sendable, CustomStringConvertible {
    /// The network that the route leads to; all bits behind the prefix are zero.
    public let destination: IPPrefix
    /// The next hop; nil when the network is on the link.
    public let gateway: IPAddress?
    /// The kernel's priority, lowest first; nil leaves it to the kernel.
    public let metric: UInt32?

    /// A route; the gateway, if there is one, is of the destination's family and not all zeros.
    public init(destination: IPPrefix, gateway: IPAddress? = nil, metric: UInt32? = nil) throws(InvalidValue) {
        guard destination == destination.network else {
            throw InvalidValue(
                "\(destination)", isNot: "a network", allowed: "is \(destination.network), with zeros behind the prefix"
            )
        }
        if let gateway, gateway.family != destination.address.family || gateway.isUnspecified {
            throw InvalidValue(
                "\(gateway)", isNot: "a gateway to \(destination)", allowed: "is a next hop of the same family")
        }
        self.destination = destination
        self.gateway = gateway
        self.metric = metric
    }

    /// The protocol of the route.
    public var family: IPAddress.Family { destination.address.family }

    /// The destination, the gateway and the metric, in the words of `ip route`.
    public var description: String {
        var text = destination.length == 0 ? "default" : destination.description
        if let gateway { text += " via \(gateway)" }
        if let metric { text += " metric \(metric)" }
        return text
    }
}
