internal import CNetlink
internal import Glibc

// Interfaces that are made on top of another one, and are of no use without it: upper links.
extension Link {
    /// The number by which its own network namespace knows that of the interface below or opposite. Nil: it is the same.
    public var lowerNamespace: Int32? {
        message.attributes(after: ifinfomsg.self)[IFLA_LINK_NETNSID].map { Int32(bitPattern: $0.number) }
    }

    /// Whether it sits on top of an interface, in the network namespace with a number. Nil: in its own.
    public func sits(on index: Int32, inNamespace number: Int32? = nil) -> Bool {
        lowerNamespace == number && lowerIndexes.contains(index)
    }

    /// Whether it sits on top of any.
    public var isUpper: Bool { !lowerIndexes.isEmpty }

    /// Whether the kernel deletes it when what it sits on leaves its network namespace, if only to come back: Linux 6.18.
    public var isDeletedWhenLowerMoves: Bool {
        ["amt", "hsr", "lowpan", "macsec", "rmnet", "virt_wifi", "vxlan"].contains(kind)
    }

    /// The numbers of what it sits on. That of a kind of pairs is the other end's.
    private var lowerIndexes: [Int32] {
        if let kind, Self.pairKinds.contains(kind) { return [] }
        if let kind, let attributes = Self.lowerAttributes[kind] {
            let data = message.attributes(after: ifinfomsg.self)[IFLA_LINKINFO]?.nested[IFLA_INFO_DATA]?.nested
            return attributes.compactMap { data?[$0].map { Int32(bitPattern: $0.number) } }.filter { $0 > 0 }
        }
        guard let lower, lower > 0, lower != index || lowerNamespace != nil else { return [] }
        return [lower]
    }

    private static let pairKinds: Set<String> = ["netkit", "veth", "vxcan"]

    // What says it for kinds that leave it out of IFLA_LINK: IFLA_VXLAN_LINK; IFLA_HSR_SLAVE1, IFLA_HSR_SLAVE2; IFLA_AMT_LINK.
    private static let lowerAttributes: [String: [Int]] = ["vxlan": [3], "hsr": [1, 2], "amt": [4]]

    /// The kinds of upper links: ip-link(8).
    fileprivate static let upperKinds = [
        "vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "vxlan", "macsec", "gre", "gretap", "erspan", "ip6gre",
        "ip6gretap", "ip6erspan", "ipip", "sit", "ip6tnl", "vti", "vti6", "xfrm", "amt", "dsa", "hsr", "ipoib",
        "lowpan",
        "rmnet", "virt_wifi",
    ]
}

extension NetlinkSocket {
    /// The upper links of the calling thread's network namespace.
    ///
    /// Where there are few interfaces, all are listed. Where there are many, the kernel is asked kind by kind. Where it does
    /// not know the kind, as its module is not loaded, it lists all the same: then the first of another kind is answer enough,
    /// and as the rest of the answer stands in the socket's way, each question has a socket of its own.
    public static func upperLinks() throws(NetlinkError) -> [Link] {
        var count = 0
        let few = try NetlinkSocket().query(dump(), "list the interfaces") { _ in
            count += 1
            return count > 100
        }
        guard count > 100 else { return few.map(Link.init).filter(\.isUpper) }
        var links: [Link] = []
        for kind in Link.upperKinds {
            let message = dump()
            message.nest(IFLA_LINKINFO) { $0.put(IFLA_INFO_KIND, LinkName(kind)) }
            let answer = try NetlinkSocket().query(message, "list the interfaces of kind \(kind)") {
                Link($0).kind != kind
            }
            links += answer.map(Link.init).filter { $0.kind == kind && $0.isUpper }
        }
        return links
    }

    private static func dump() -> NetlinkMessage {
        let message = NetlinkMessage(RTM_GETLINK, flags: NLM_F_DUMP, header: ifinfomsg())
        message.put(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))
        return message
    }
}
