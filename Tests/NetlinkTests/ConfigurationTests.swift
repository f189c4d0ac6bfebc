import LinuxSystem
import Netlink
import SystemPackage
import TestHost
import Testing

@Suite struct ConfigurationTests {
    private static let prepared = """
        ip link add eth0 type veth peer name peer
        ip link set peer up
        ip link set eth0 up
        ip addr add 192.0.2.1/24 dev eth0
        ip addr add 192.0.2.2/24 dev eth0 label eth0:two
        ip addr add 198.51.100.1 peer 198.51.100.2/32 dev eth0
        ip addr add 2001:db8::1/64 dev eth0 nodad
        ip addr add 2001:db8::2/64 dev eth0
        ip route add 203.0.113.0/24 via 192.0.2.254 metric 7
        ip route add default via 192.0.2.254 table 100
        ip route add 2001:db8:1::/48 via 2001:db8::fe
        ip neigh add 192.0.2.254 lladdr 02:00:00:00:00:fe dev eth0 nud permanent
        """
    private static let dump = """
        ip -details addr show dev eth0
        ip route show table all dev eth0; ip -6 route show table all dev eth0
        ip neigh show dev eth0 nud permanent
        """

    /// Waits until no address is tentative any more.
    private static let settled = "until ! ip addr show dev eth0 | grep -q tentative; do sleep 0.1; done"

    @Test func whatIsReadCanBePutBackExactly() throws {
        try onThrowawayHost {
            try sh(Self.prepared)
            try sh(Self.settled)
            let before = try sh(Self.dump)
            let socket = try NetlinkSocket()
            let index = try #require(try socket.link(named: "eth0")).index
            let saved = try socket.configuration(of: index)
            try sh(
                "ip link set eth0 down; ip addr flush dev eth0; ip neigh flush all nud permanent; ip link set eth0 addrgenmode none; ip link set eth0 up; ip link set eth0 addrgenmode eui64"
            )
            #expect(try socket.configuration(of: index).addresses.isEmpty)
            for address in saved.addresses.filter({ $0.family == 2 }) {
                try socket.restore(address, on: index, verified: true)
            }
            for address in saved.addresses.filter({ $0.family == 10 }).reversed() {
                try socket.restore(address, on: index, verified: true)
            }
            for route in saved.routes where route.proto != 2 { try socket.restore(route, from: index, to: index) }
            for neighbour in saved.neighbours { try socket.restore(neighbour, on: index) }
            #expect(try sh(Self.dump) == before)
        }
    }

    @Test func addsAddressesAndRoutes() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer; ip link set peer up; ip link set eth0 up")
            let socket = try NetlinkSocket()
            let index = try #require(try socket.link(named: "eth0")).index
            try socket.addAddress([192, 0, 2, 1], prefixLength: 24, to: index)
            try socket.addAddress(
                [0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11) + [1], prefixLength: 64, to: index)
            try socket.addAddress([198, 51, 100, 1], prefixLength: 32, peer: [198, 51, 100, 2], to: index)
            try socket.addRoute(to: [0, 0, 0, 0], prefixLength: 0, via: [192, 0, 2, 254], metric: 5, through: index)
            try socket.addRoute(to: [203, 0, 113, 0], prefixLength: 24, through: index)
            let addresses = try sh("ip -o addr show dev eth0")
            #expect(addresses.contains("192.0.2.1/24"))
            #expect(addresses.contains("2001:db8::1/64"))
            #expect(addresses.contains("198.51.100.1 peer 198.51.100.2/32"))
            let routes = try sh("ip route")
            #expect(routes.contains("default via 192.0.2.254 dev eth0 proto static metric 5"))
            #expect(routes.contains("203.0.113.0/24 dev eth0 proto static scope link"))
            let error = #expect(throws: NetlinkError.self) {
                try socket.addRoute(to: [10, 0, 0, 0], prefixLength: 8, via: [172, 16, 0, 1], through: index)
            }
            #expect(error?.description.contains("Nexthop has invalid gateway") == true, "\(error.debugDescription)")
        }
    }
}
