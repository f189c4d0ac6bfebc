internal import CNetlink
internal import Glibc
internal import SystemPackage

extension NetlinkSocket {
    /// Returns the routes through an interface, of all tables, in the kernel's order, IPv4 first. Before Linux 4.20 the kernel
    /// lists those of all interfaces, of which the others are dropped.
    public func routes(through index: Int32) throws(NetlinkError) -> [RouteRecord] {
        // Of all families: when asked for IPv4 alone, Linux 6.10 and later end the list without an error at a route that does
        // not fit into a part of it.
        let message = NetlinkMessage(RTM_GETROUTE, flags: NLM_F_DUMP, header: rtmsg())
        message.put(Int(RTA_OIF.rawValue), UInt32(bitPattern: index))
        let listed = try query(message, "list the routes through interface \(index)").map(RouteRecord.init)
        return listed.filter {
            [UInt8(AF_INET), UInt8(AF_INET6)].contains($0.family)
                && $0.linkIndexes.contains(UInt32(bitPattern: index))
        }
    }

    /// Returns the route that packets to an address of 4 or 16 bytes take, or nil when there is none.
    public func route(to address: [UInt8]) throws(NetlinkError) -> RouteRecord? {
        var header = rtmsg()
        header.rtm_family = UInt8(address.count == 4 ? AF_INET : AF_INET6)
        header.rtm_dst_len = UInt8(address.count * 8)
        let message = NetlinkMessage(RTM_GETROUTE, header: header)
        message.put(Int(RTA_DST.rawValue), address)
        do {
            return try query(message, "look up the route to \(addressText(address))").first.map(RouteRecord.init)
        } catch {
            // No route, or a route that blocks: unreachable, prohibit, blackhole.
            guard ![.networkUnreachable, .noRouteToHost, .permissionDenied, .invalidArgument].contains(error.code)
            else { return nil }
            throw error
        }
    }

    /// Adds a static route through an interface to the main table. A destination of zeros with the prefix length 0 is the
    /// default route of its family. Without a gateway the destination is on the link.
    public func addRoute(
        to destination: [UInt8], prefixLength: UInt8, via gateway: [UInt8]? = nil, metric: UInt32? = nil,
        through index: Int32
    ) throws(NetlinkError) {
        var operation = "add route \(addressText(destination))/\(prefixLength)"
        if let gateway { operation += " via \(addressText(gateway))" }
        guard let route = unsafe rtnl_route_alloc() else { throw NetlinkError(.noMemory, operation) }
        defer { unsafe rtnl_route_put(route) }
        guard let hop = unsafe rtnl_route_nh_alloc() else { throw NetlinkError(.noMemory, operation) }
        // The route owns the hop from here on.
        unsafe rtnl_route_add_nexthop(route, hop)
        unsafe rtnl_route_nh_set_ifindex(hop, index)
        unsafe rtnl_route_set_table(route, UInt32(RT_TABLE_MAIN.rawValue))
        unsafe rtnl_route_set_protocol(route, UInt8(RTPROT_STATIC))
        unsafe rtnl_route_set_scope(route, UInt8((gateway == nil ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE).rawValue))
        if let metric { unsafe rtnl_route_set_priority(route, metric) }
        try unsafe withLibraryAddress(destination, prefixLength) { unsafe rtnl_route_set_dst(route, $0) }
        if let gateway {
            try unsafe withLibraryAddress(gateway, UInt8(clamping: gateway.count * 8)) {
                unsafe rtnl_route_nh_set_gateway(hop, $0)
                return 0
            }
        }
        var message: OpaquePointer?
        let result = unsafe rtnl_route_build_add_request(route, NLM_F_CREATE | NLM_F_EXCL, &message)
        guard result == 0, let message = unsafe message else { throw .library(result, operation) }
        try perform(unsafe NetlinkMessage(owning: message), operation)
    }

    /// Adds a route as the kernel described it, through the interface with a new index instead of the old one. The error is
    /// EEXIST when the route is there.
    ///
    /// It is added after other routes to the same destination; with `replacing` it takes the place of the first of them.
    public func restore(
        _ route: RouteRecord, from old: Int32, to new: Int32, replacing: Bool = false
    ) throws(NetlinkError) {
        let message = route.moved(from: old, to: new).message
        let flags = NLM_F_CREATE | (replacing ? NLM_F_REPLACE : NLM_F_APPEND)
        try perform(NetlinkMessage(replaying: message, flags: flags), "add route \(route)")
    }

    /// Removes a route, as the kernel described it.
    public func remove(_ route: RouteRecord) throws(NetlinkError) {
        let message = KernelMessage(type: UInt16(RTM_DELROUTE), bytes: route.message.bytes)
        try perform(NetlinkMessage(replaying: message, flags: 0), "remove route \(route)")
    }
}
