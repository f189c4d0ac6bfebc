internal import CNetlink
internal import Glibc
internal import SystemPackage

// Addresses and routes that somebody asks for, as libnl-route's objects.
extension NetlinkSocket {
    /// Gives an interface an address: 4 or 16 bytes, with as many leading bits of network. EEXIST: it has it.
    public func addAddress(
        _ local: [UInt8], prefixLength: UInt8, peer: [UInt8]? = nil, to index: Int32
    ) throws(NetlinkError) {
        let operation = "add address \(addressText(local))/\(prefixLength)"
        guard let address = unsafe rtnl_addr_alloc() else { throw NetlinkError(.noMemory, operation) }
        defer { unsafe rtnl_addr_put(address) }
        unsafe rtnl_addr_set_ifindex(address, index)
        try unsafe Self.withAddress(local, prefixLength) { unsafe rtnl_addr_set_local(address, $0) }
        if let peer { try unsafe Self.withAddress(peer, prefixLength) { unsafe rtnl_addr_set_peer(address, $0) } }
        var message: OpaquePointer?
        let result = unsafe rtnl_addr_build_add_request(address, NLM_F_CREATE | NLM_F_EXCL, &message)
        guard result == 0, let message = unsafe message else { throw .library(result, operation) }
        try perform(unsafe NetlinkMessage(owning: message), operation)
    }

    /// Adds a route through an interface to the main table. An empty destination of a family is all its addresses.
    public func addRoute(
        to destination: [UInt8], prefixLength: UInt8, via gateway: [UInt8]? = nil, metric: UInt32? = nil,
        through index: Int32
    ) throws(NetlinkError) {
        var operation = "add route \(addressText(destination))/\(prefixLength)"
        if let gateway { operation += " via \(addressText(gateway))" }
        guard let route = unsafe rtnl_route_alloc() else { throw NetlinkError(.noMemory, operation) }
        defer { unsafe rtnl_route_put(route) }
        guard let hop = unsafe rtnl_route_nh_alloc() else { throw NetlinkError(.noMemory, operation) }
        unsafe rtnl_route_nh_set_ifindex(hop, index)
        unsafe rtnl_route_add_nexthop(route, hop)
        unsafe rtnl_route_set_table(route, UInt32(RT_TABLE_MAIN.rawValue))
        unsafe rtnl_route_set_protocol(route, UInt8(RTPROT_STATIC))
        unsafe rtnl_route_set_scope(
            route, UInt8(gateway == nil ? RT_SCOPE_LINK.rawValue : RT_SCOPE_UNIVERSE.rawValue))
        if let metric { unsafe rtnl_route_set_priority(route, metric) }
        try unsafe Self.withAddress(destination, prefixLength) { unsafe rtnl_route_set_dst(route, $0) }
        if let gateway {
            try unsafe Self.withAddress(gateway, UInt8(gateway.count * 8)) {
                unsafe rtnl_route_nh_set_gateway(hop, $0); return 0
            }
        }
        var message: OpaquePointer?
        let result = unsafe rtnl_route_build_add_request(route, NLM_F_CREATE | NLM_F_EXCL, &message)
        guard result == 0, let message = unsafe message else { throw .library(result, operation) }
        try perform(unsafe NetlinkMessage(owning: message), operation)
    }

    /// Hands an address to libnl, which copies or references it.
    private static func withAddress(
        _ bytes: [UInt8], _ prefixLength: UInt8, _ body: (OpaquePointer) -> CInt
    ) throws(NetlinkError) {
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        let operation = "use address \(addressText(bytes))"
        guard let address = unsafe nl_addr_build(family, bytes, bytes.count) else {
            throw NetlinkError(.noMemory, operation)
        }
        defer { unsafe nl_addr_put(address) }
        unsafe nl_addr_set_prefixlen(address, CInt(prefixLength))
        let result = unsafe body(address)
        guard result == 0 else { throw .library(result, operation) }
    }
}
