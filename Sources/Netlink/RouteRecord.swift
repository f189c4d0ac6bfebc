internal import CNetlink

/// A route: RTM_NEWROUTE, `struct rtmsg`.
public struct RouteRecord: Hashable, Sendable, CustomStringConvertible {
    /// The kernel's message.
    public var message: KernelMessage

    /// Takes an RTM_NEWROUTE.
    public init(_ message: KernelMessage) {
        self.message = message
    }

    var attributes: Attributes { message.attributes(after: rtmsg.self) }

    /// The address family, AF_INET or AF_INET6.
    public var family: UInt8 { message.header(at: 0, as: UInt8.self) }
    /// How many bits of the destination count; 0 is the default route.
    public var prefixLength: UInt8 { message.header(at: 1, as: UInt8.self) }
    /// RTPROT_: who made it. 2 is the kernel itself.
    public var proto: UInt8 { message.header(at: 5, as: UInt8.self) }
    /// RT_SCOPE_.
    public var scope: UInt8 { message.header(at: 6, as: UInt8.self) }
    /// RTN_: 1 is unicast.
    public var type: UInt8 { message.header(at: 7, as: UInt8.self) }
    /// The table, 254 for main.
    public var table: UInt32 { attributes[RTA_TABLE]?.number ?? UInt32(message.header(at: 4, as: UInt8.self)) }
    /// The network it leads to; empty for the default route.
    public var destination: [UInt8] { Array(attributes[RTA_DST]?.value ?? []) }
    /// The router on the way; nil for a network that is on the link.
    public var gateway: [UInt8]? { attributes[RTA_GATEWAY].map { Array($0.value) } }
    /// Which of several routes to one destination comes first: the lowest.
    public var metric: UInt32 { attributes[RTA_PRIORITY]?.number ?? 0 }
    /// The interface, where the route has just one.
    public var linkIndex: UInt32? { attributes[RTA_OIF]?.number }

    /// `10.1.0.0/16 via 10.0.0.254`.
    public var description: String {
        let network = destination.isEmpty ? "default" : "\(addressText(destination))/\(prefixLength)"
        return gateway.map { "\(network) via \(addressText($0))" } ?? network
    }
}
