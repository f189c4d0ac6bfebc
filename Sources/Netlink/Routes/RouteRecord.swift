internal import CNetlink

/// A route: RTM_NEWROUTE, `struct rtmsg`, rtnetlink(7).
public struct RouteRecord: Hashable, Sendable, CustomStringConvertible {
    /// The kernel's message.
    public var message: KernelMessage

    /// Takes an RTM_NEWROUTE.
    public init(_ message: KernelMessage) {
        self.message = message
    }

    var attributes: Attributes { message.attributes(after: rtmsg.self) }

    /// The address family: AF_INET or AF_INET6.
    public var family: UInt8 { message.header(at: 0, as: UInt8.self) }
    /// How many bits of the destination count. 0 is the default route.
    public var prefixLength: UInt8 { message.header(at: 1, as: UInt8.self) }
    /// Who made the route, RTPROT_: 2 is the kernel itself.
    public var proto: UInt8 { message.header(at: 5, as: UInt8.self) }
    /// The scope, RT_SCOPE_.
    public var scope: UInt8 { message.header(at: 6, as: UInt8.self) }
    /// The type, RTN_: 1 is unicast.
    public var type: UInt8 { message.header(at: 7, as: UInt8.self) }
    /// The table: 254 is main.
    public var table: UInt32 { attributes[RTA_TABLE]?.number ?? UInt32(message.header(at: 4, as: UInt8.self)) }
    /// The network to which the route leads; empty for the default route.
    public var destination: [UInt8] { Array(attributes[RTA_DST]?.value ?? []) }
    /// The router. Nil for a network that is on the link.
    public var gateway: [UInt8]? { attributes[RTA_GATEWAY].map { Array($0.value) } }
    /// The priority among routes to one destination: the lowest comes first.
    public var metric: UInt32 { attributes[RTA_PRIORITY]?.number ?? 0 }
    /// The index of the interface. Nil for a route with several next hops.
    public var linkIndex: UInt32? { attributes[RTA_OIF]?.number }
    /// The id of the shared next hop, or group of them, that the route uses: ip-nexthop(8). Nil when it has its own.
    public var nextHopID: UInt32? { attributes[RTA_NH_ID]?.number }

    /// `10.1.0.0/16 via 10.0.0.254`.
    public var description: String {
        let network = destination.isEmpty ? "default" : "\(addressText(destination))/\(prefixLength)"
        return gateway.map { "\(network) via \(addressText($0))" } ?? network
    }

    /// Returns the same route through another interface, as a request: without what only the kernel may set.
    public func moved(from old: Int32, to new: Int32) -> RouteRecord {
        var copy = self
        copy.message.set(message.header(at: 8, as: UInt32.self) & Self.requestFlags, at: 8)
        if linkIndex == UInt32(bitPattern: old) {
            copy.message.setAttribute(Int(RTA_OIF.rawValue), to: UInt32(bitPattern: new), after: rtmsg.self)
        }
        for hop in hops {
            copy.message.bytes[hop.range.lowerBound + 2] &= UInt8(Self.requestFlags)
            if hop.link == UInt32(bitPattern: old) { copy.message.set(new, at: hop.range.lowerBound + 4) }
        }
        copy.message.removeAttribute(Int(RTA_CACHEINFO.rawValue), after: rtmsg.self)
        // The kernel reports where a shared next hop leads, but refuses to be told.
        if nextHopID != nil { copy.removeHops() }
        return copy
    }

    // The kernel refuses the other flags, by which it reports the state of a next hop.
    private static let requestFlags = UInt32(RTNH_F_PERVASIVE | RTNH_F_ONLINK)

    /// What tells two routes apart: the message without counters and lifetimes.
    public var identity: KernelMessage {
        var copy = moved(from: 0, to: 0).message
        copy.removeAttribute(Int(RTA_EXPIRES.rawValue), after: rtmsg.self)
        return copy
    }

    // MARK: Several next hops

    /// `struct rtnexthop`: length, flags, hops, interface index; then attributes of its own.
    private struct Hop {
        let range: Range<Int>
        let link: UInt32
    }

    private var hops: [Hop] {
        guard let bytes = attributes[RTA_MULTIPATH]?.value else { return [] }
        var hops: [Hop] = []
        var start = bytes.startIndex
        while start + 8 <= bytes.endIndex {
            let length = Int(UInt16(littleEndianBytes: bytes[start...]))
            guard length >= 8, start + length <= bytes.endIndex else { break }
            let end = min(start + aligned(length), bytes.endIndex)
            hops.append(Hop(range: start..<end, link: UInt32(littleEndianBytes: bytes[(start + 4)...])))
            start = end
        }
        return hops
    }

    /// Whether the route has next hops of its own through more than one interface.
    public var isMultipath: Bool { Set(hops.map(\.link)).count > 1 && nextHopID == nil }

    /// The indexes of the interfaces of all next hops.
    public var linkIndexes: [UInt32] { (linkIndex.map { [$0] } ?? []) + hops.map(\.link) }

    /// Returns the route with only those next hops whose interface is wanted.
    public func keepingHops(_ isKept: (Int32) -> Bool) -> RouteRecord {
        let kept = hops.filter { isKept(Int32(bitPattern: $0.link)) }.flatMap { message.bytes[$0.range] }
        var copy = self
        copy.message.removeAttribute(Int(RTA_MULTIPATH.rawValue), after: rtmsg.self)
        copy.message.add(Attributes.Attribute(type: Int(RTA_MULTIPATH.rawValue), value: kept[...]))
        return copy
    }

    /// The identity without next hops: the same for a route over several interfaces and for what remains of it.
    public var identityWithoutHops: KernelMessage {
        var copy = self
        copy.removeHops()
        return copy.identity
    }

    private mutating func removeHops() {
        let ofHops = [RTA_OIF, RTA_GATEWAY, RTA_VIA, RTA_MULTIPATH, RTA_ENCAP_TYPE, RTA_ENCAP, RTA_FLOW]
        for type in ofHops { message.removeAttribute(Int(type.rawValue), after: rtmsg.self) }
    }

    // MARK: Lifetime

    /// How long the kernel keeps the route after its reply, in seconds, rounded up. Nil means forever.
    public var lifetime: UInt32? {
        // struct rta_cacheinfo: the third number is in hundredths of a second (USER_HZ).
        guard let value = attributes[RTA_CACHEINFO]?.value, value.count >= 12 else { return nil }
        let expires = Int32(littleEndianBytes: value.dropFirst(8))
        return expires == 0 ? nil : (UInt32(max(0, expires)) + 99) / 100
    }

    /// Returns the route with its lifetime shortened by some seconds, as it would be after that time. Returns nil when the
    /// lifetime is over by then.
    public func aged(by seconds: UInt32) -> RouteRecord? {
        guard let lifetime else { return self }
        guard lifetime > seconds else { return nil }
        // The kernel reports a lifetime in one attribute and takes it in another.
        var copy = self
        copy.message.removeAttribute(Int(RTA_CACHEINFO.rawValue), after: rtmsg.self)
        copy.message.addAttribute(Int(RTA_EXPIRES.rawValue), lifetime - seconds)
        return copy
    }
}
