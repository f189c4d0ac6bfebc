internal import CNetlink

// A route over several interfaces: struct rtnexthop after struct rtnexthop, each with attributes of its own.
extension RouteRecord {
    private struct Hop {
        let range: Range<Int>
        let link: UInt32
    }

    private var hops: [Hop] {
        guard let bytes = attributes[RTA_MULTIPATH]?.value else { return [] }
        var hops: [Hop] = []
        var start = bytes.startIndex
        // length, flags, hops, ifindex.
        while start + 8 <= bytes.endIndex {
            let length = Int(UInt16(littleEndianBytes: bytes[start...]))
            guard length >= 8, start + length <= bytes.endIndex else { break }
            let end = min(start + ((length + 3) & ~3), bytes.endIndex)
            hops.append(Hop(range: start..<end, link: UInt32(littleEndianBytes: bytes[(start + 4)...])))
            start = end
        }
        return hops
    }

    /// Whether it has hops of its own through other interfaces too.
    public var isShared: Bool { Set(hops.map(\.link)).count > 1 && nextHop == nil }

    /// The shared next hop or group of them that it goes by: ip-nexthop(8).
    public var nextHop: UInt32? { attributes[RTA_NH_ID]?.number }

    /// The interfaces of all its hops.
    public var linkIndexes: [UInt32] { (linkIndex.map { [$0] } ?? []) + hops.map(\.link) }

    /// The same route through another interface, as a request: without what only the kernel may say.
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
        // With a shared next hop the kernel says where that leads, but does not want to be told.
        if nextHop != nil { copy.removeHops() }
        return copy
    }

    // RTNH_F_PERVASIVE and RTNH_F_ONLINK. The kernel refuses the flags by which it says that a hop is down.
    private static let requestFlags: UInt32 = 0x2 | 0x4

    /// The route with only some of its hops.
    public func keepingHops(_ isKept: (Int32) -> Bool) -> RouteRecord {
        let kept = hops.filter { isKept(Int32(bitPattern: $0.link)) }.flatMap { message.bytes[$0.range] }
        var copy = self
        copy.message.removeAttribute(Int(RTA_MULTIPATH.rawValue), after: rtmsg.self)
        copy.message.add(Attributes.Attribute(type: Int(RTA_MULTIPATH.rawValue), value: kept[...]))
        return copy
    }

    /// What tells two routes apart: without what the kernel counts and knows at the moment.
    public var identity: KernelMessage {
        var copy = moved(from: 0, to: 0).message
        copy.removeAttribute(Int(RTA_EXPIRES.rawValue), after: rtmsg.self)
        return copy
    }

    /// What it says but for its hops: equal for what is left of a route over several interfaces and the whole.
    public var withoutHops: KernelMessage {
        var copy = self
        copy.removeHops()
        return copy.identity
    }

    private mutating func removeHops() {
        let ofHops = [RTA_OIF, RTA_GATEWAY, RTA_VIA, RTA_MULTIPATH, RTA_ENCAP_TYPE, RTA_ENCAP, RTA_FLOW]
        for type in ofHops { message.removeAttribute(Int(type.rawValue), after: rtmsg.self) }
    }
}
