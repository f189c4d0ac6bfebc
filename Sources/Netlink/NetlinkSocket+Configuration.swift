internal import CNetlink
internal import Glibc

// What an interface carries, read and put back in the kernel's own messages.
extension NetlinkSocket {
    /// Addresses, routes and permanent neighbours of an interface, filtered by the kernel (Linux 4.20).
    public func configuration(of index: Int32) throws(NetlinkError) -> LinkConfiguration {
        LinkConfiguration(
            addresses: try addresses(of: index), routes: try routes(through: index),
            neighbours: try permanentNeighbours(behind: index))
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
        var all: [RouteRecord] = []
        for family in [UInt8(AF_INET), UInt8(AF_INET6)] {
            var header = rtmsg()
            header.rtm_family = family
            let message = NetlinkMessage(RTM_GETROUTE, flags: NLM_F_DUMP, header: header)
            message.put(Int(RTA_OIF.rawValue), UInt32(bitPattern: index))
            let answer = try query(message, "list the routes through interface \(index)").map(RouteRecord.init)
            all += answer.filter { $0.family == family && $0.linkIndexes.contains(UInt32(bitPattern: index)) }
        }
        return all
    }

    private func permanentNeighbours(behind index: Int32) throws(NetlinkError) -> [NeighbourRecord] {
        let message = NetlinkMessage(RTM_GETNEIGH, flags: NLM_F_DUMP, header: ndmsg())
        message.put(NDA_IFINDEX, UInt32(bitPattern: index))
        let answer = try query(message, "list the neighbours of interface \(index)").map(NeighbourRecord.init)
        return answer.filter { $0.linkIndex == index && $0.state == UInt16(NUD_PERMANENT) }
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
    public func restore(_ route: RouteRecord, from old: Int32, to new: Int32) throws(NetlinkError) {
        let message = route.moved(from: old, to: new).message
        // Appended, since several routes to one destination are in an order of their own.
        try perform(
            NetlinkMessage(replaying: message, flags: NLM_F_CREATE | NLM_F_APPEND), "add route \(route)")
    }

    /// Puts a permanent neighbour back.
    public func restore(_ neighbour: NeighbourRecord, on index: Int32) throws(NetlinkError) {
        let message = NetlinkMessage(
            replaying: neighbour.moved(to: index).message, flags: NLM_F_CREATE | NLM_F_REPLACE)
        try perform(message, "add neighbour \(neighbour)")
    }
}
