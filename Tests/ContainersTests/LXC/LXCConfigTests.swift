import SystemPackage
import TestHost
import Testing

@testable import Containers

@Suite struct LXCConfigTests {
    private static func config(_ text: String) -> LXCConfig { LXCConfig(bytes: Array(text.utf8)) }
    private static let new = ["lxc.net.7.type = phys", "lxc.net.7.link = eth9"]

    /// As LXC's parse_line() reads them.
    @Test(
        arguments: [
            ("", []),
            ("lxc.net.0.type = phys\n", ["lxc.net.0.type phys"]),
            ("lxc.net.0.type=phys", ["lxc.net.0.type phys"]),
            ("  \tlxc.net.0.type\t =  phys \t\n", ["lxc.net.0.type phys"]),
            ("lxc.net.0.type = phys\r\nlxc.net.0.link = a\r\n", ["lxc.net.0.type phys", "lxc.net.0.link a"]),
            ("lxc.net.0.type = phys\rlxc.net.0.link = a", ["lxc.net.0.type phys", "lxc.net.0.link a"]),
            // Comments only at the beginning of a line.
            ("# lxc.net.0.type = phys\n #lxc.a = b\n", []),
            ("lxc.net.0.link = eth1 # ours\n", ["lxc.net.0.link eth1 # ours"]),
            // Quotes around a value, of either kind; others are part of it.
            (
                "lxc.a = \"b c\"\nlxc.d = 'e'\nlxc.f = \"g'\nlxc.h = \"\n",
                ["lxc.a b c", "lxc.d e", "lxc.f \"g'", "lxc.h \""]
            ),
            // What is nobody's, and what LXC would not start with.
            ("network.type = phys\nlxc.net.0.type\n=\nlxc\n", []),
            ("lxc.a = b = c\n", ["lxc.a b = c"]),
            // An empty value makes void what came before.
            ("lxc.mount.entry = a\nlxc.mount.entry =\nlxc.mount.entry = b\n", ["lxc.mount.entry b"]),
            (
                "lxc.net.0.type = phys\nlxc.net.1.type = phys\nlxc.net =\nlxc.net.2.type = veth\n",
                ["lxc.net.2.type veth"]
            ),
            (
                "lxc.cgroup.devices.allow = a\nlxc.cgroup2.devices.allow = b\nlxc.cgroup =\n",
                ["lxc.cgroup2.devices.allow b"]
            ),
            // Bytes that are no text, and a NUL, with which the text ends.
            ("lxc.a = b\n\u{1}\u{7F}\nlxc.c = d\0\nlxc.e = f\n", ["lxc.a b", "lxc.c d"]),
        ] as [(String, [String])])
    func reads(text: String, settings: [String]) {
        #expect(Self.config(text).settings.map { "\($0.key) \($0.value)" } == settings)
    }

    /// What adding makes of a file; taking it away makes the file what it was.
    @Test(
        arguments: [
            ("", "lxc.net.7.type = phys\nlxc.net.7.link = eth9\n"),
            ("A\n", "A\nlxc.net.7.type = phys\nlxc.net.7.link = eth9\n"),
            ("A\n\n", "A\n\nlxc.net.7.type = phys\nlxc.net.7.link = eth9\n"),
            ("A", "A\nlxc.net.7.type = phys\nlxc.net.7.link = eth9"),
            ("A\r\n", "A\r\nlxc.net.7.type = phys\r\nlxc.net.7.link = eth9\r\n"),
            ("A\r\nB", "A\r\nB\r\nlxc.net.7.type = phys\r\nlxc.net.7.link = eth9"),
            ("A\r", "A\rlxc.net.7.type = phys\r\nlxc.net.7.link = eth9\r\n"),
            ("A\n\0rubbish\n", "A\nlxc.net.7.type = phys\nlxc.net.7.link = eth9\n\0rubbish\n"),
            ("A\0", "A\nlxc.net.7.type = phys\nlxc.net.7.link = eth9\0"),
        ] as [(String, String)])
    func addsAndTakesAway(before: String, after: String) {
        var config = Self.config(before)
        config.add(Self.new)
        #expect(String(decoding: config.bytes, as: UTF8.self) == after)
        #expect(config.settings.suffix(2).map(\.value) == ["phys", "eth9"])
        config.remove { key, _ in key.hasPrefix("lxc.net.7.") }
        #expect(String(decoding: config.bytes, as: UTF8.self) == before)
    }

    /// Which rules go with a mount entry: those that came with it, else those of its number right before it.
    @Test(
        arguments: [
            // With it.
            ("c 1:3 rwm|c 1:3 rw+c 1:3 rw+MOUNT|", "c 1:3 rwm||"),
            ("c 5:1 rw+c 5:1 rw+MOUNT", ""),
            // Somebody else's.
            ("c 1:3 rwm|MOUNT|A", "|A"),
            ("c 5:1 rwm|MOUNT|A", "c 5:1 rwm||A"),
            ("c 1:3 rwm||MOUNT|A", "c 1:3 rwm|||A"),
            ("MOUNT", ""),
        ] as [(String, String)])
    func rulesOfAMount(before: String, after: String) {
        /// A plus sign is between the lines of a device: rules of both versions. A bar is a line feed.
        func text(_ short: String) -> String {
            short.replacing("MOUNT", with: "lxc.mount.entry = /dev/null dev/null none bind").split(
                separator: "|", omittingEmptySubsequences: false
            ).map { line in
                line.split(separator: "+").enumerated().map { number, part in
                    guard part.hasPrefix("c ") else { return String(part) }
                    return "lxc.cgroup\(number == 1 ? "2" : "").devices.allow = \(part)"
                }.joined(separator: "\n")
            }.joined(separator: "\n")
        }
        var config = Self.config(text(before))
        config.removeMountEntry("/dev/null dev/null none bind") { $0.hasPrefix("c 1:3 ") }
        #expect(
            String(decoding: config.bytes, as: UTF8.self).filter { $0 != "\n" } == text(after).filter { $0 != "\n" })
    }

    /// Any bytes at all: what is added is read, the rest is as it was, and taking it away gives the same file.
    @Test func randomFiles() {
        let pieces = [
            "lxc.net.0.type", "lxc.net", "lxc.mount.entry", "lxc.include", "=", "=", " ", "\n", "\n", "\r", "\r\n", "#",
            "\"",
            "'", "\0", "\u{FF}", "lxc.", "phys",
        ].map { Array($0.utf8) }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<24, using: &random) {
                bytes +=
                    Int.random(in: 0..<8, using: &random) == 0
                    ? [UInt8.random(in: 0...255, using: &random)] : pieces.randomElement(using: &random) ?? []
            }
            let before = LXCConfig(bytes: bytes)
            var config = before
            config.add(Self.new)
            #expect(config.settings.dropLast(2) == before.settings[...], "\(bytes)")
            #expect(config.settings.suffix(2).map(\.value) == ["phys", "eth9"], "\(bytes)")
            config.remove { key, _ in key.hasPrefix("lxc.net.7.") }
            #expect(config.bytes == bytes, "\(bytes)")
        }
    }

    /// Files that are included, folders, files that are not there, and files that include each other.
    @Test func includes() throws {
        try onThrowawayHost {
            try sh(
                """
                mkdir -p /run/common.d
                echo 'lxc.net.1.type = phys' > /run/common.d/a.conf
                echo 'lxc.net.2.type = phys' > /run/common.d/ignored
                printf 'lxc.a = b\\nlxc.include = /run/common.d' > /run/common
                printf 'lxc.include = /run/common\\nlxc.c = d' > /run/config
                """)
            let config = try LXCConfig("/run/config")
            #expect(config.settings.map(\.key) == ["lxc.a", "lxc.net.1.type", "lxc.c"])
            #expect(config.settings.map(\.file) == ["/run/common", "/run/common.d/a.conf", nil])
            try sh("echo 'lxc.include = /run/missing.d/' > /run/config")
            #expect(try LXCConfig("/run/config").settings.isEmpty)
            for wrong in ["/run/missing", "/run/config"] {
                try sh("echo 'lxc.include = \(wrong)' > /run/config")
                #expect(throws: (any Error).self) { try LXCConfig("/run/config") }
            }
        }
    }

    @Test func aFileOf16MiB() {
        let filler = Array(("# " + String(repeating: "x", count: 125) + "\n").utf8)
        var bytes: [UInt8] = []
        while bytes.count + filler.count < 16 << 20 { bytes += filler }
        var config = LXCConfig(bytes: bytes)
        config.add(Self.new)
        #expect(config.settings.count == 2)
        config.remove { key, _ in key.hasPrefix("lxc.net.7.") }
        #expect(config.bytes == bytes)
    }
}
