internal import CNetlink
internal import Glibc

extension Link {
    /// The kinds of interfaces that are made on top of another one, and are of no use without it.
    static let childKinds = ["vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "macsec"]

    /// Whether it sits on top of an interface, in the network namespace with a number. Nil: in its own.
    public func isChild(of index: Int32, inNamespace number: Int32? = nil) -> Bool {
        lower == index && lowerNamespace == number && kind.map(Self.childKinds.contains) == true
    }

    /// The number by which its own network namespace knows that of the interface below or opposite. Nil: it is the same.
    public var lowerNamespace: Int32? {
        message.attributes(after: ifinfomsg.self)[IFLA_LINK_NETNSID].map { Int32(bitPattern: $0.number) }
    }
}

extension NetlinkSocket {
    /// The VLANs, macvlans and the like of the calling thread's network namespace, which sit on top of others.
    ///
    /// The kernel lists interfaces of one kind; all of them would be a long list on some hosts. Where it does not know the
    /// kind, as its module is not loaded, it lists all the same: then the first of another kind is answer enough, and as
    /// the rest of the answer stands in the socket's way, each question has a socket of its own.
    public static func children() throws(NetlinkError) -> [Link] {
        var children: [Link] = []
        for kind in Link.childKinds {
            let socket = try NetlinkSocket()
            let message = NetlinkMessage(RTM_GETLINK, flags: NLM_F_DUMP, header: ifinfomsg())
            message.put(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))
            message.nest(IFLA_LINKINFO) { $0.put(IFLA_INFO_KIND, LinkName(kind)) }
            let answer = try socket.query(message, "list the interfaces of kind \(kind)") { Link($0).kind != kind }
            children += answer.map(Link.init).filter { $0.kind == kind }
        }
        return children
    }
}
