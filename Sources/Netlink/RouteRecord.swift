internal import CNetlink

/// A route: RTM_NEWROUTE, `struct rtmsg`.
public struct RouteRecord: Hashable, Sendable, CustomStringConvertible {
    /// The kernel's message.
    public var message: KernelMessage

    /// Takes an RTM_NEWROUTE.
    public init(_ message: KernelMessage) {
        self.message = message
    }

    private var attributes: Attributes { message.attributes(after: rtmsg.self) }

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
    /// The interfaces of all its hops.
    public var linkIndexes: [UInt32] {
        var all = linkIndex.map { [$0] } ?? []
        // struct rtnexthop: length, flags, hops, ifindex, then attributes; one after the other.
        var hops = attributes[RTA_MULTIPATH]?.value ?? []
        while hops.count >= 8 {
            all.append(UInt32(littleEndianBytes: hops.dropFirst(4)))
            let length = Int(UInt16(littleEndianBytes: hops))
            guard length >= 8, length <= hops.count else { break }
            hops = hops.dropFirst((length + 3) & ~3)
        }
        return all
    }

    /// The same route through another interface, as a request: without the flags that only the kernel may set.
    func moved(from old: Int32, to new: Int32) -> RouteRecord {
        var copy = self
        copy.message.set(header(at: 8) & Self.requestFlags, at: 8)
        if linkIndex == UInt32(bitPattern: old) {
            copy.message.setAttribute(Int(RTA_OIF.rawValue), to: UInt32(bitPattern: new), after: rtmsg.self)
        }
        guard let hops = attributes[RTA_MULTIPATH]?.value else { return copy }
        var position = hops.startIndex
        while position + 8 <= hops.endIndex {
            let length = Int(UInt16(littleEndianBytes: hops[position...]))
            guard length >= 8, position + length <= hops.endIndex else { break }
            copy.message.bytes[position + 2] &= UInt8(Self.requestFlags)
            if UInt32(littleEndianBytes: hops[(position + 4)...]) == UInt32(bitPattern: old) {
                copy.message.set(new, at: position + 4)
            }
            position += (length + 3) & ~3
        }
        return copy
    }

    private func header(at offset: Int) -> UInt32 { message.header(at: offset, as: UInt32.self) }

    // RTNH_F_PERVASIVE and RTNH_F_ONLINK. The kernel refuses the flags by which it says that a hop is down.
    private static let requestFlags: UInt32 = 0x2 | 0x4

    /// `10.1.0.0/16 via 10.0.0.254`.
    public var description: String {
        let network = destination.isEmpty ? "default" : "\(addressText(destination))/\(prefixLength)"
        return gateway.map { "\(network) via \(addressText($0))" } ?? network
    }
}
