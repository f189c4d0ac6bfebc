internal import CNetlink
internal import Glibc
internal import SystemPackage

// What an interface carries, read and put back in the kernel's own messages.
extension NetlinkSocket {
    /// What an interface carries, filtered by the kernel (Linux 4.20).
    public func configuration(of index: Int32) throws(NetlinkError) -> LinkConfiguration {
        LinkConfiguration(
            addresses: try addresses(of: index), nextHops: try nextHops(through: index),
            routes: try routes(through: index), neighbours: try neighbours(behind: index),
            traffic: try traffic(of: index))
    }

    /// The addresses of an interface in the kernel's order, IPv4 first.
    public func addresses(of index: Int32) throws(NetlinkError) -> [AddressRecord] {
        var all: [AddressRecord] = []
        for family in [UInt8(AF_INET), UInt8(AF_INET6)] {
            var header = ifaddrmsg()
            header.ifa_family = family
            header.ifa_index = UInt32(bitPattern: index)
            let message = NetlinkMessage(RTM_GETADDR, flags: NLM_F_DUMP, header: header)
            let answer = try query(message, "list the addresses of interface \(index)").map(AddressRecord.init)
            all += answer.filter { $0.family == family && $0.linkIndex == UInt32(bitPattern: index) }
        }
        return all
    }

    /// The routes through an interface in all tables, in the kernel's order, IPv4 first.
    public func routes(through index: Int32) throws(NetlinkError) -> [RouteRecord] {
        // Of all families: asked for those of IPv4 alone, a kernel since 6.10 ends the list without a word at a route that does
        // not fit into a part of it.
        let message = NetlinkMessage(RTM_GETROUTE, flags: NLM_F_DUMP, header: rtmsg())
        message.put(Int(RTA_OIF.rawValue), UInt32(bitPattern: index))
        let answer = try query(message, "list the routes through interface \(index)").map(RouteRecord.init)
        return answer.filter {
            [UInt8(AF_INET), UInt8(AF_INET6)].contains($0.family)
                && $0.linkIndexes.contains(UInt32(bitPattern: index))
        }
    }

    /// The route that packets to an address take: 4 or 16 bytes. Nil where there is none.
    public func route(to address: [UInt8]) throws(NetlinkError) -> RouteRecord? {
        var header = rtmsg()
        header.rtm_family = UInt8(address.count == 4 ? AF_INET : AF_INET6)
        header.rtm_dst_len = UInt8(address.count * 8)
        let message = NetlinkMessage(RTM_GETROUTE, header: header)
        message.put(Int(RTA_DST.rawValue), address)
        do {
            return try query(message, "look up the route to \(addressText(address))").first.map(RouteRecord.init)
        } catch {
            // No way, or one that somebody has blocked.
            guard ![.networkUnreachable, .noRouteToHost, .permissionDenied, .invalidArgument].contains(error.code)
            else { return nil }
            throw error
        }
    }

    /// The neighbours that somebody entered behind an interface: permanent ones, addresses for which it answers in the
    /// place of others (proxies), and hardware addresses, in its own table and in that of its bridge.
    public func neighbours(behind index: Int32) throws(NetlinkError) -> [NeighbourRecord] {
        var all: [NeighbourRecord] = []
        for (family, flags) in [(AF_UNSPEC, 0), (AF_UNSPEC, NTF_PROXY), (AF_BRIDGE, 0)] {
            var header = ndmsg()
            header.ndm_family = UInt8(family)
            header.ndm_flags = UInt8(flags)
            let message = NetlinkMessage(RTM_GETNEIGH, flags: NLM_F_DUMP, header: header)
            message.put(NDA_IFINDEX, UInt32(bitPattern: index))
            let answer = try query(message, "list the neighbours of interface \(index)").map(NeighbourRecord.init)
            all += answer.filter { $0.linkIndex == index && $0.isEntered }
        }
        return all
    }

    /// Puts an address back, as it was. EEXIST: it is there.
    ///
    /// With `verified`, an IPv6 address that the network has accepted once is not asked about again (duplicate address
    /// detection, RFC 4862): it can be used at once, as it could when it was taken away.
    public func restore(_ address: AddressRecord, on index: Int32, verified: Bool) throws(NetlinkError) {
        let address = address.moved(to: index)
        guard verified, address.family == UInt8(AF_INET6), address.flags & UInt32(IFA_F_NODAD) == 0 else {
            return try add(address, flags: NLM_F_CREATE | NLM_F_EXCL)
        }
        try add(address.with(flags: address.flags | UInt32(IFA_F_NODAD)), flags: NLM_F_CREATE | NLM_F_EXCL)
        // The flag that suppressed the question would stay visible: it is taken off by a second request.
        try add(address, flags: NLM_F_REPLACE)
    }

    private func add(_ address: AddressRecord, flags: CInt) throws(NetlinkError) {
        try perform(NetlinkMessage(replaying: address.message, flags: flags), "add address \(address)")
    }

    /// Puts a route back that led through an interface then called by another number. EEXIST: it is there.
    ///
    /// It goes behind others to the same destination, or in the place of what is left of it.
    public func restore(
        _ route: RouteRecord, from old: Int32, to new: Int32, replacing: Bool = false
    ) throws(NetlinkError) {
        let message = route.moved(from: old, to: new).message
        let flags = NLM_F_CREATE | (replacing ? NLM_F_REPLACE : NLM_F_APPEND)
        try perform(NetlinkMessage(replaying: message, flags: flags), "add route \(route)")
    }

    /// Takes a route away, as the kernel described it.
    public func remove(_ route: RouteRecord) throws(NetlinkError) {
        try perform(delete(RTM_DELROUTE, route.message), "remove route \(route)")
    }

    /// Takes an address away, as the kernel described it.
    public func remove(_ address: AddressRecord) throws(NetlinkError) {
        try perform(delete(RTM_DELADDR, address.message), "remove address \(address)")
    }

    private func delete(_ type: Int, _ message: KernelMessage) -> NetlinkMessage {
        NetlinkMessage(replaying: KernelMessage(type: UInt16(type), bytes: message.bytes), flags: 0)
    }

    /// Puts a neighbour back. A hardware address that is there is left as it is: a bridge enters those of its ports.
    public func restore(_ neighbour: NeighbourRecord, on index: Int32) throws(NetlinkError) {
        let flags = NLM_F_CREATE | (neighbour.isForwardingEntry ? NLM_F_EXCL : NLM_F_REPLACE)
        do {
            try perform(
                NetlinkMessage(replaying: neighbour.moved(to: index).request, flags: flags),
                "add neighbour \(neighbour)")
        } catch {
            guard neighbour.isForwardingEntry, error.code == .fileExists else { throw error }
        }
    }
}
