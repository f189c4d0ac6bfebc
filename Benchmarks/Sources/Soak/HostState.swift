import Glibc
import TestHost

/// What the kernel says of the host's interfaces: for each the lines in which it is named.
struct HostState: Sendable {
    private(set) var lines: [String: [String]] = [:]

    /// That of these interfaces when it stays the same for longer than the kernel takes to see a cable.
    static func settled(of names: [String]) throws -> HostState {
        var last = try HostState(of: names)
        while true {
            sleep(2)
            let now = try HostState(of: names)
            if now.lines == last.lines { return now }
            last = now
        }
    }

    /// Of the interfaces of these names. What the kernel works out anew when an interface goes up, what others have told the kernel to count is left out, and what follows from the
    /// cable's other end.
    init(of names: [String]) throws {
        let text = try sh(
            """
            {
            ip -d -o link | sed -E 's/^[0-9]+: //; s/@[^:]*:/:/; s/\\b(LOWER_UP|NO-CARRIER|M-DOWN)\\b//g; s/,,+/,/g; s/<,/</; s/,>/>/; s/ state [A-Z]+//
                s/ qdisc [a-z_]+//; /[<,]UP[,>]/!s/ promiscuity [0-9]+//; s/ link-netnsid [0-9]+//; s/ link-netns [^ ]+//'
            ip -o addr | sed -E 's/^[0-9]+: //'
            { ip route show table all; ip -6 route show table all; } | sed -E 's/ (dead|linkdown)//g; s/expires [0-9]+sec//'
            ip neigh show nud permanent | grep -v NOARP
            tc qdisc show | grep -v ' 0: '
            cd /proc/sys/net && grep -s '' ipv4/conf/*/* ipv6/conf/*/* ipv4/neigh/*/* ipv6/neigh/*/*
            } 2>&1 || true
            """)
        let known = Set(names)
        for line in text.split(separator: "\n") {
            let words = line.split { !$0.isLetter && !$0.isNumber }
            guard let name = words.lazy.map(String.init).first(where: known.contains) else { continue }
            lines[name, default: []].append(String(line))
        }
        for name in lines.keys { lines[name]?.sort() }
    }

    /// In what an interface is another one than it was, whose address may have been another.
    func changes(of name: String, since before: HostState, address: String) -> String {
        let (old, now) = (before.lines[name] ?? [], lines[name] ?? [])
        func same(_ line: String) -> String {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            return parts.map { $0.hasPrefix("02:5a:") ? "ADDRESS" : String($0) }.joined(separator: " ")
        }
        var changes = now.map(same).difference(from: old.map(same)).map { change in
            switch change {
            case .insert(_, let line, _): "+ \(line)"
            case .remove(_, let line, _): "- \(line)"
            }
        }
        if !now.contains(where: { $0.contains("link/ether \(address) ") }) { changes.append("has not \(address)") }
        return changes.joined(separator: "\n")
    }
}
