import Glibc
import Synchronization
import TestHost

/// An interface of the host's with all that it may carry. The other end of one that is a cable is in the namespace `lab`.
final class SoakInterface: Sendable {
    enum Kind: String, Sendable {
        case veth = "e"
        case ifb = "i"
        case tap = "t"
        case vxlan = "v"
        case macvlan = "m"
        /// Of mac80211_hwsim, which makes them all at once.
        case radio = "w"
    }

    let kind: Kind
    let number: Int
    private let settings: [String]
    private struct State {
        var generation = 0
        var isPresent = false
    }
    private let state = Mutex(State())

    init(_ kind: Kind, _ number: Int, _ random: inout SeededRandom) {
        self.kind = kind
        self.number = number
        settings = Self.settings(kind.rawValue + "\(number)", number, &random)
    }

    var name: String { "\(kind.rawValue)\(number)" }
    /// By this it is known wherever it is and whatever it is called: nobody changes that here.
    var sign: String { "soak-\(name)" }
    /// Whether it can go at any time, wherever it is: its cable is pulled at the other end.
    var canGo: Bool { kind == .veth }
    var isPresent: Bool { state.withLock { $0.isPresent } }
    /// Another one each time that it comes back.
    var address: String { state.withLock { address($0.generation) } }

    private func address(_ generation: Int) -> String {
        let digits = [generation >> 8 & 0xff, generation & 0xff, Int(kind.rawValue.utf8.first ?? 0), number].map {
            part in
            (part < 16 ? "0" : "") + String(part, radix: 16)
        }
        return "02:5a:" + digits.joined(separator: ":")
    }

    /// Makes it with everything it has. False: it is there already.
    @discardableResult
    func plugIn() throws -> Bool {
        try state.withLock { state in
            guard !state.isPresent else { return false }
            state.generation += 1
            let address = address(state.generation)
            let make =
                switch kind {
                case .veth:
                    """
                    ip link add \(name) address \(address) type veth peer name p\(number) netns lab
                    ip -n lab link set p\(number) up
                    """
                case .ifb: "ip link add \(name) address \(address) type ifb"
                case .tap: "ip tuntap add \(name) mode tap; ip link set \(name) address \(address)"
                case .vxlan:
                    "ip link add \(name) address \(address) type vxlan id \(number) dstport 4789 remote 192.0.2.9 dev base"
                case .radio: "ip link set wlan\(number) address \(address) name \(name)"
                case .macvlan: "ip link add \(name) address \(address) link base type macvlan mode bridge"
                }
            try sh(make + "\n" + settings.joined(separator: "\n"))
            state.isPresent = true
            return true
        }
    }

    /// Pulls it out. False: it is out already.
    @discardableResult
    func unplug() throws -> Bool {
        try state.withLock { state in
            guard state.isPresent else { return false }
            // It may have ended by itself, where a container had moved it on to.
            try sh("ip -n lab link del p\(number) 2> /dev/null || true")
            state.isPresent = false
            return true
        }
    }

    /// It is nowhere any more, and that is nobody's fault.
    func isLost() {
        state.withLock { $0.isPresent = false }
    }

    private static func settings(_ name: String, _ number: Int, _ random: inout SeededRandom) -> [String] {
        let names = (0..<random.number(0..<4)).map { " altname \(name)-\($0)" }.joined()
        let queueing = [
            "", "root handle 7: tbf rate 50mbit burst 64k latency 40ms", "root handle 8: pfifo limit 77", "clsact",
        ]
        let discipline = queueing[random.number(0..<queueing.count)]
        return [
            "ip link set \(name) mtu \(1300 + number) txqueuelen \(500 + number) group \(number) alias soak-\(name)",
            names.isEmpty ? "" : "ip link property add dev \(name)\(names)",
            "ip link set \(name) addrgenmode none",
            "echo 2 > /proc/sys/net/ipv4/conf/\(name)/rp_filter; echo 77 > /proc/sys/net/ipv6/conf/\(name)/hop_limit",
            discipline.isEmpty ? "" : "tc qdisc add dev \(name) \(discipline)",
            random.happens(80) ? "ip link set \(name) up" : "exit 0",
            "ip addr add 10.\(name.utf8.first ?? 0).\(number).1/24 dev \(name)",
            "ip addr add 2001:db8:\(number):\(name.utf8.first ?? 0)::1/64 dev \(name) nodad",
            "ip route add 198.18.\(number).\(name.utf8.first ?? 0) dev \(name)",
            "ip route add 203.0.113.0/24 dev \(name) table \(Int(name.utf8.first ?? 0) * 1000 + number)",
            "ip neigh add 10.\(name.utf8.first ?? 0).\(number).77 lladdr 02:00:00:00:00:77 dev \(name) nud permanent",
        ]
    }

    /// All of a host: cables mostly, and one of each other kind that has a driver of its own.
    static func all(radios: Int, _ random: inout SeededRandom) -> [SoakInterface] {
        let kinds: [(Kind, Int)] = [(.veth, 44), (.ifb, 4), (.tap, 4), (.vxlan, 4), (.macvlan, 4), (.radio, radios)]
        return kinds.flatMap { kind, count in (0..<count).map { SoakInterface(kind, $0, &random) } }
    }
}
