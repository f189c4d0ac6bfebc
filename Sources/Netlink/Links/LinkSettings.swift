internal import CNetlink
internal import Glibc

// Attributes that move with an interface.
extension Link {
    /// The `IFLA_` types of attributes that can be set to what the kernel reports, grouped by those that depend on each other
    /// and are set in one request.
    public static let settableAttributes = [
        [IFLA_BROADCAST], [IFLA_LINKMODE],
        [IFLA_GSO_MAX_SEGS, IFLA_GSO_MAX_SIZE, IFLA_GRO_MAX_SIZE, IFLA_GSO_IPV4_MAX_SIZE, IFLA_GRO_IPV4_MAX_SIZE],
    ]

    // linux/if_link.h of Linux 6.3.
    private static let IFLA_GSO_IPV4_MAX_SIZE = 63
    private static let IFLA_GRO_IPV4_MAX_SIZE = 64

    /// Returns the values of attributes of some `IFLA_` types, as far as the kernel reported them.
    public func attributes(_ types: [Int]) -> [Int: [UInt8]] { attributes.values(of: types) }
}

// Settings that the kernel resets in a move, since they belong to the network namespace.
extension Link {
    private func family(_ family: CInt) -> Attributes? { attributes[IFLA_AF_SPEC]?.nested[Int(family)]?.nested }

    /// How IPv6 link-local addresses are generated: IN6_ADDR_GEN_MODE_, linux/if_link.h. Nil without IPv6.
    public var addressGenerationMode: UInt8? { family(AF_INET6)?[IFLA_INET6_ADDR_GEN_MODE]?.byte }

    /// The token, the lower half of the IPv6 addresses that are made from a router's prefix, as a whole address: ip-token(8).
    /// All zeros when there is none; nil without IPv6.
    public var addressToken: [UInt8]? { family(AF_INET6)?[IFLA_INET6_TOKEN].map { Array($0.value) } }

    /// The IPv4 settings by their numbers, IPV4_DEVCONF_ of linux/ip.h: the files below `/proc/sys/net/ipv4/conf`.
    /// Empty without IPv4.
    public var ipv4Settings: [Int: UInt32] {
        let values = family(AF_INET)?[IFLA_INET_CONF]?.numbers ?? []
        return Dictionary(uniqueKeysWithValues: values.enumerated().map { ($0.offset + 1, $0.element) })
    }

    /// The IPv6 settings: the files below `/proc/sys/net/ipv6/conf`. Empty without IPv6.
    public var ipv6Settings: [IPv6Setting] {
        let values = family(AF_INET6)?[IFLA_INET6_CONF]?.numbers ?? []
        return values.enumerated().map { IPv6Setting(number: $0.offset, raw: $0.element) }
    }
}

extension Attributes.Attribute {
    fileprivate var numbers: [UInt32] {
        stride(from: value.startIndex, to: value.endIndex, by: 4).map { UInt32(littleEndianBytes: value[$0...]) }
    }
}

/// An IPv6 setting of an interface. The kernel reports it over rtnetlink(7), but it can be set only in a file.
public struct IPv6Setting: Hashable, Sendable {
    /// The number, DEVCONF_ of linux/ipv6.h.
    public let number: Int
    private let raw: UInt32

    init(number: Int, raw: UInt32) {
        self.number = number
        self.raw = raw
    }

    /// The name of the file below `/proc/sys/net/ipv6/conf/INTERFACE`. Nil for a setting that cannot be set there, or that is
    /// newer than Linux 6.18.
    public var file: String? {
        guard Self.names.indices.contains(number), !Self.names[number].isEmpty else { return nil }
        return Self.names[number]
    }

    /// The content of the file.
    public var text: String {
        if Self.seconds.contains(number) { return String(raw / 1_000) }
        return Self.unsigned.contains(number) ? String(raw) : String(Int32(bitPattern: raw))
    }

    /// The names of all files whose content rtnetlink(7) reports.
    public static let files = Set(names)

    // In milliseconds in the message, and in seconds in the file.
    private static let seconds = numbers(of: [
        "router_solicitation_interval", "router_solicitation_delay", "router_probe_interval",
        "router_solicitation_max_interval",
    ])
    private static let unsigned = numbers(of: ["ra_defrtr_metric", "ioam6_id_wide"])

    private static func numbers(of files: Set<String>) -> Set<Int> {
        Set(names.indices.filter { files.contains(names[$0]) })
    }

    // In the order of DEVCONF_ in linux/ipv6.h of Linux 6.18. Empty are mc_forwarding, which belongs to the routing daemon's
    // socket; stable_secret, which is never in the message; addr_gen_mode, which has an attribute of its own.
    private static let names = [
        "forwarding", "hop_limit", "mtu", "accept_ra", "accept_redirects", "autoconf", "dad_transmits",
        "router_solicitations", "router_solicitation_interval", "router_solicitation_delay", "use_tempaddr",
        "temp_valid_lft", "temp_prefered_lft", "regen_max_retry", "max_desync_factor", "max_addresses",
        "force_mld_version", "accept_ra_defrtr", "accept_ra_pinfo", "accept_ra_rtr_pref", "router_probe_interval",
        "accept_ra_rt_info_max_plen", "proxy_ndp", "optimistic_dad", "accept_source_route", "", "disable_ipv6",
        "accept_dad", "force_tllao", "ndisc_notify", "mldv1_unsolicited_report_interval",
        "mldv2_unsolicited_report_interval", "suppress_frag_ndisc", "accept_ra_from_local", "use_optimistic",
        "accept_ra_mtu", "", "use_oif_addrs_only", "accept_ra_min_hop_limit", "ignore_routes_with_linkdown",
        "drop_unicast_in_l2_multicast", "drop_unsolicited_na", "keep_addr_on_down", "router_solicitation_max_interval",
        "seg6_enabled", "seg6_require_hmac", "enhanced_dad", "", "disable_policy", "accept_ra_rt_info_min_plen",
        "ndisc_tclass", "rpl_seg_enabled", "ra_defrtr_metric", "ioam6_enabled", "ioam6_id", "ioam6_id_wide",
        "ndisc_evict_nocarrier", "accept_untracked_na", "accept_ra_min_lft", "force_forwarding",
    ]
}
