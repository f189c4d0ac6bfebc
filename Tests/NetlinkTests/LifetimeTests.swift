import Netlink
import TestHost
import Testing

@Suite struct LifetimeTests {
    struct Case: Sendable {
        let options: String
        /// How many seconds go by.
        let age: UInt32
        /// What `ip` says of the address then; nil when its time is over.
        let left: String?
    }

    @Test(arguments: [
        // For ever.
        Case(options: "", age: 1_000_000, left: "valid_lft forever preferred_lft forever"),
        // Both shorter.
        Case(options: "valid_lft 1000 preferred_lft 500", age: 100, left: "valid_lft 900sec preferred_lft 400sec"),
        // Preferred no more.
        Case(options: "valid_lft 1000 preferred_lft 50", age: 100, left: "valid_lft 900sec preferred_lft 0sec"),
        // The last second is over.
        Case(options: "valid_lft 100 preferred_lft 50", age: 100, left: nil),
        Case(options: "valid_lft 100 preferred_lft 50", age: .max, left: nil),
    ])
    func ofAnAddress(_ example: Case) throws {
        for address in ["192.0.2.1/24", "2001:db8::1/64"] {
            try onThrowawayHost {
                try sh(
                    """
                    ip link add eth0 type veth peer name peer; ip link set eth0 up
                    ip addr add \(address) dev eth0 \(example.options)
                    """)
                let socket = try NetlinkSocket()
                let index = try #require(try socket.link(named: "eth0")).index
                let saved = try #require(try socket.addresses(of: index).first { $0.scope == 0 })
                let left = saved.aged(by: example.age)
                #expect((left == nil) == (example.left == nil))
                guard let left, let text = example.left else { return }
                try socket.remove(saved)
                try socket.restore(left, on: index, verified: true)
                #expect(try sh("ip addr show dev eth0 scope global").contains(text))
            }
        }
    }

    @Test func ofARoute() throws {
        try onThrowawayHost {
            try sh(
                """
                ip link add eth0 type veth peer name peer; ip link set eth0 up
                ip -6 route add 2001:db8:1::/48 dev eth0 expires 1000
                """)
            let socket = try NetlinkSocket()
            let index = try #require(try socket.link(named: "eth0")).index
            let saved = try #require(try socket.routes(through: index).first { $0.lifetime != nil })
            #expect(saved.lifetime == 1000)
            #expect(saved.aged(by: 1000) == nil)
            let left = try #require(saved.aged(by: 100))
            #expect(left.identity == saved.identity)
            try socket.remove(saved)
            try socket.restore(left, from: index, to: index)
            #expect(try sh("ip -6 route show 2001:db8:1::/48").contains(/expires (900|899)sec/))
        }
    }
}
