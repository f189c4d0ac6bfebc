import Netlink
import TestHost
import Testing

/// How long the body took, in whole seconds rounded up, and one more: the kernel rounds too. What lives for a time has lost
/// at most that of it, however slow the machine is.
private func seconds(_ body: () throws -> Void) rethrows -> UInt32 {
    UInt32(try ContinuousClock().measure(body).components.seconds) + 2
}

@Suite struct LifetimeTests {
    struct Case: Sendable {
        let options: String
        /// How many seconds go by.
        let age: UInt32
        /// The valid and the preferred lifetime that are left then in seconds, `nil` for ever; nil when the time of the
        /// address is over.
        let left: (valid: UInt32?, preferred: UInt32?)?
    }

    @Test(arguments: [
        // For ever.
        Case(options: "", age: 1_000_000, left: (nil, nil)),
        // Both shorter.
        Case(options: "valid_lft 9000 preferred_lft 5000", age: 100, left: (8900, 4900)),
        // Preferred no more.
        Case(options: "valid_lft 9000 preferred_lft 50", age: 100, left: (8900, 0)),
        // The last second is over.
        Case(options: "valid_lft 9000 preferred_lft 5000", age: 9000, left: nil),
        Case(options: "valid_lft 9000 preferred_lft 5000", age: .max, left: nil),
    ])
    func ofAnAddress(_ example: Case) throws {
        for address in ["192.0.2.1/24", "2001:db8::1/64"] {
            try onThrowawayHost {
                try sh("ip link add eth0 type veth peer name peer; ip link set eth0 up")
                let socket = try NetlinkSocket()
                let index = try #require(try socket.link(named: "eth0")).index
                var text = ""
                let elapsed = try seconds {
                    try sh("ip addr add \(address) dev eth0 \(example.options)")
                    let saved = try #require(try socket.addresses(of: index).first { $0.scope == 0 })
                    let left = saved.aged(by: example.age)
                    #expect((left == nil) == (example.left == nil))
                    guard let left else { return }
                    try socket.remove(saved)
                    try socket.restore(left, on: index, verified: true)
                    text = try sh("ip addr show dev eth0 scope global")
                }
                guard let left = example.left else { return }
                for (name, expected) in [("valid_lft", left.valid), ("preferred_lft", left.preferred)] {
                    let found = text.firstMatch(of: try Regex("\(name) ([0-9]+)sec"))?.output[1].substring
                    let least = (expected ?? 0) - min(expected ?? 0, elapsed)
                    #expect((found == nil) == (expected == nil), "\(text)")
                    if let found, let expected {
                        #expect((least...expected).contains(try #require(UInt32(found))), "\(text)")
                    }
                }
            }
        }
    }

    @Test func ofARoute() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer; ip link set eth0 up")
            let socket = try NetlinkSocket()
            let index = try #require(try socket.link(named: "eth0")).index
            var text = ""
            let elapsed = try seconds {
                try sh("ip -6 route add 2001:db8:1::/48 dev eth0 expires 9000")
                let saved = try #require(try socket.routes(through: index).first { $0.lifetime != nil })
                #expect(saved.aged(by: 9000) == nil)
                let left = try #require(saved.aged(by: 100))
                #expect(left.identity == saved.identity)
                try socket.remove(saved)
                try socket.restore(left, from: index, to: index)
                text = try sh("ip -6 route show 2001:db8:1::/48")
            }
            let expires = try #require(text.firstMatch(of: /expires ([0-9]+)sec/))
            #expect((8900 - elapsed...8900).contains(try #require(UInt32(expires.output.1))), "\(text)")
        }
    }
}
