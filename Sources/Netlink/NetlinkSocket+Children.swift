internal import CNetlink
internal import Glibc

extension Link {
    /// The kinds of interfaces that are made on top of another one, and are of no use without it.
    static let childKinds = ["vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "macsec"]

    /// Whether it sits on top of an interface, in the same network namespace.
    func isChild(of index: Int32) -> Bool {
        lower == index && lowerNamespace == nil && kind.map(Self.childKinds.contains) == true
    }

    /// The number by which its own network namespace knows that of the interface below or opposite. Nil: it is the same.
    public var lowerNamespace: Int32? {
        message.attributes(after: ifinfomsg.self)[IFLA_LINK_NETNSID].map { Int32(bitPattern: $0.number) }
    }
}

extension NetlinkSocket {
    /// The VLANs, macvlans and the like on top of an interface of the calling thread's network namespace.
    ///
    /// The kernel lists interfaces of one kind; all of them would be a long list on some hosts. Where it does not know the
    /// kind, as its module is not loaded, it lists all the same: then the first of another kind is answer enough, and as
    /// the rest of the answer stands in the socket's way, each question has a socket of its own.
    public static func children(of index: Int32) throws(NetlinkError) -> [Link] {
        var children: [Link] = []
        for kind in Link.childKinds {
            let socket = try NetlinkSocket()
            let message = NetlinkMessage(RTM_GETLINK, flags: NLM_F_DUMP, header: ifinfomsg())
            message.put(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))
            message.nest(IFLA_LINKINFO) { $0.put(IFLA_INFO_KIND, LinkName(kind)) }
            let answer = try socket.query(message, "list the interfaces of kind \(kind)") { messages in
                messages.first.map { Link($0).kind != kind } ?? false
            }
            children += answer.map(Link.init).filter { $0.kind == kind && $0.isChild(of: index) }
        }
        return children
    }

    /// The same through a socket in a network namespace that has few interfaces, such as a container's.
    public func children(of index: Int32) throws(NetlinkError) -> [Link] {
        try links().filter { $0.isChild(of: index) }
    }

    /// Deletes a virtual interface.
    public func delete(_ index: Int32) throws(NetlinkError) {
        precondition(index > 0, "an interface has a number")
        var header = ifinfomsg()
        header.ifi_index = index
        try perform(NetlinkMessage(RTM_DELLINK, header: header), "delete interface \(index)")
    }
}
