internal import CNetlink
internal import Glibc

// Upper links: interfaces that are made on top of another one, and are of no use without it.
extension Link {
    /// The nsid by which its network namespace knows that of the interface below or opposite. Nil when it is the same.
    public var lowerNamespace: Int32? { attributes[IFLA_LINK_NETNSID].map { Int32(bitPattern: $0.number) } }

    /// Returns whether it is on top of an interface that is in the network namespace with an nsid, or in its own for nil.
    public func sits(on index: Int32, inNamespace nsid: Int32? = nil) -> Bool {
        lowerNamespace == nsid && lowerIndexes.contains(index)
    }

    /// Whether it is on top of any interface.
    public var isUpper: Bool { !lowerIndexes.isEmpty }

    /// Whether the kernel deletes it when the interface below leaves its network namespace, even if that comes back: Linux
    /// 6.18.
    public var isDeletedWhenLowerMoves: Bool {
        ["amt", "hsr", "lowpan", "macsec", "rmnet", "virt_wifi", "vxlan"].contains(kind)
    }

    /// The indexes of the interfaces below. The IFLA_LINK of one end of a pair is the other end, which is not below.
    private var lowerIndexes: [Int32] {
        if let kind, Self.pairKinds.contains(kind) { return [] }
        if let kind, let types = Self.lowerAttributes[kind] {
            return types.compactMap { kindAttributes?[$0].map { Int32(bitPattern: $0.number) } }.filter { $0 > 0 }
        }
        guard let lower, lower > 0, lower != index || lowerNamespace != nil else { return [] }
        return [lower]
    }

    private static let pairKinds: Set<String> = ["netkit", "veth", "vxcan"]

    // Kinds that report the interface below in an attribute of their own, and not in IFLA_LINK.
    private static let lowerAttributes: [String: [Int]] = [
        "vxlan": [IFLA_VXLAN_LINK], "hsr": [IFLA_HSR_SLAVE1, IFLA_HSR_SLAVE2], "amt": [IFLA_AMT_LINK],
    ]

    // linux/amt.h.
    private static let IFLA_AMT_LINK = 4

    /// The kinds of upper links: ip-link(8).
    fileprivate static let upperKinds = [
        "vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "vxlan", "macsec", "gre", "gretap", "erspan", "ip6gre",
        "ip6gretap", "ip6erspan", "ipip", "sit", "ip6tnl", "vti", "vti6", "xfrm", "amt", "dsa", "hsr", "ipoib",
        "lowpan", "rmnet", "virt_wifi",
    ]
}

extension NetlinkSocket {
    /// Returns the upper links of the calling thread's network namespace.
    ///
    /// All interfaces are listed when they are few. When they are many, the kernel is asked kind by kind. Where the module of a
    /// kind is not loaded it lists all interfaces instead: the first of another kind ends that reply early. What remains of it
    /// would delay the next request, so each kind has a socket of its own.
    public static func upperLinks() throws(NetlinkError) -> [Link] {
        let few = 100
        var count = 0
        let first = try NetlinkSocket().query(listRequest(), "list the interfaces") { _ in
            count += 1
            return count > few
        }
        guard count > few else { return first.map(Link.init).filter(\.isUpper) }
        var links: [Link] = []
        for kind in Link.upperKinds {
            let message = listRequest()
            message.nest(IFLA_LINKINFO) { $0.put(IFLA_INFO_KIND, LinkName(kind)) }
            let reply = try NetlinkSocket().query(message, "list the interfaces of kind \(kind)") {
                Link($0).kind != kind
            }
            links += reply.map(Link.init).filter { $0.kind == kind && $0.isUpper }
        }
        return links
    }
}
