import Testing

@testable import Containers

@Suite struct OpenVZConfTests {
    private static func conf(_ text: String) -> OpenVZConf { OpenVZConf(bytes: Array(text.utf8), id: "101") }

    /// As vzctl 4 reads them.
    @Test(
        arguments: [
            ("", []),
            ("NETDEV=\"eth1 eth2\"\n", ["eth1", "eth2"]),
            ("NETDEV=\"\"\n", []),
            ("NETDEV=\" eth1 \"", ["eth1"]),
            // Without quotes: the rest of the line, comments included.
            ("NETDEV=eth1\n", ["eth1"]),
            ("NETDEV=eth1 # two\n", ["eth1", "#", "two"]),
            ("NETDEV='eth1'\n", ["'eth1'"]),
            // A comment behind quotes, and one with quotes in it.
            ("NETDEV=\"eth1\" # the uplink\n", ["eth1"]),
            ("NETDEV=\"eth1\" # the \"uplink\n", ["eth1\"", "#", "the"]),
            // Several lines.
            ("NETDEV=\"eth1\"\nNETDEV=\"eth2 eth1\"\n", ["eth1", "eth2"]),
            // White space before; none around the equals sign.
            ("  \tNETDEV=\"eth1\"\n", ["eth1"]),
            ("NETDEV =\"eth1\"\n", []),
            ("NETDEV= \"eth1\"\n", ["\"eth1\""]),
            // Other names, comments, lines that are none.
            ("NETDEVX=\"eth1\"\nXNETDEV=\"eth1\"\n#NETDEV=\"eth1\"\n # NETDEV=\"eth1\"\nNETDEV\n", []),
            // Backslashes.
            ("NET\\DEV=\"et\\h1\\ eth2\"\n", ["eth1", "eth2"]),
            ("NETDEV=eth1\\ eth2\\\nOTHER=1\n", ["eth1", "eth2"]),
            ("NETDEV=\\\"eth1\\\"\n", ["eth1"]),
            // Quotes that do not close: vzctl says so and ignores the line.
            ("NETDEV=\"eth1\n", []),
            // The other system's line ends.
            ("NETDEV=\"eth1 eth2\"\r\n", ["eth1", "eth2"]),
            ("NETDEV=eth1\r\n", ["eth1"]),
            // The container's id.
            ("NETDEV=\"veth$VEID eth${VEID}x $HOME\"\n", ["veth101", "eth101x", "$HOME"]),
            // A NUL ends the line.
            ("NETDEV=eth1\0 eth2\n", ["eth1"]),
            // OpenVZ 7 separates by commas too.
            ("NETDEV=\"eth1,eth2, eth3 ,,eth4\"\n", ["eth1", "eth2", "eth3", "eth4"]),
            ("NETDEV=eth1,eth2\n", ["eth1", "eth2"]),
            ("NETDEV=\",\"\n", []),
            // Tabs, and bytes that are no text beside.
            ("NETDEV=\"eth1\teth2\"\n\u{1}\u{7F}\u{2}\n", ["eth1", "eth2"]),
        ] as [(String, [String])])
    func readsAList(text: String, words: [String]) {
        #expect(Self.conf(text).words(.netdev) == words)
    }

    @Test func theFirstOfSeveralValuesCounts() {
        let conf = Self.conf("VE_ROOT=\"/vz/root/$VEID\"\nVE_ROOT=\"/other\"\n")
        #expect(conf.value("VE_ROOT") == "/vz/root/101")
        #expect(conf.value("VE_PRIVATE") == nil)
    }

    /// With OpenVZ 7 the last of several lines counts, and is changed.
    @Test func theLastLineCountsForOpenVZ7() {
        let text = "NETDEV=\"eth1\"\nVE_ROOT=\"/a\"\nNETDEV=\"eth2\"\nVE_ROOT=\"/b\"\n"
        let before = OpenVZConf(bytes: Array(text.utf8), id: "101", onlyLastLineCounts: true)
        #expect(before.words(.netdev) == ["eth2"])
        #expect(before.value("VE_ROOT") == "/b")
        var conf = before
        conf.add("eth9", to: .netdev)
        #expect(String(decoding: conf.bytes, as: UTF8.self) == text.replacing("\"eth2\"", with: "\"eth2 eth9\""))
        conf.remove(.netdev) { $0 == "eth9" }
        #expect(conf == before)
    }

    /// What adding eth9 makes of a file; taking it away makes the file what it was.
    @Test(
        arguments: [
            ("", "NETDEV=\"eth9\"\n"),
            ("A=1\n", "A=1\nNETDEV=\"eth9\"\n"),
            ("A=1\r\n", "A=1\r\nNETDEV=\"eth9\"\r\n"),
            // Nothing is glued to the new line, and the last one does not end as before.
            ("A=1", "NETDEV=\"eth9\"\nA=1"),
            ("A=1\nB=2", "A=1\nNETDEV=\"eth9\"\nB=2"),
            ("NETDEV=\"eth1\"\nB=2\n", "NETDEV=\"eth1 eth9\"\nB=2\n"),
            ("NETDEV=\"eth1 \"\n", "NETDEV=\"eth1 eth9 \"\n"),
            // One that is empty stays, whatever its form: of that there is a blank where nobody reads it.
            ("NETDEV=\"\"\nB=2\n", "NETDEV=\"eth9\" \nB=2\n"),
            ("NETDEV=\"\"", "NETDEV=\"eth9\" "),
            ("NETDEV=\"\" \n", "NETDEV=\"eth9\"  \n"),
            ("NETDEV=\"\"\r\n", "NETDEV=\"eth9\" \r\n"),
            (" NETDEV=\"\\\"\n", " NETDEV=\"eth9\\\" \n"),
            ("NETDEV=\" \"\n", "NETDEV=\" eth9 \"\n"),
            ("NETDEV=\n", "NETDEV=eth9 \n"),
            ("NETDEV=", "NETDEV=eth9 "),
            ("NETDEV=eth1\n", "NETDEV=eth1\\ eth9\n"),
            ("NETDEV='eth1'\n", "NETDEV='eth1'\\ eth9\n"),
            ("NETDEV=\"eth1\" # it's ours\n", "NETDEV=\"eth1 eth9\" # it's ours\n"),
            ("NETDEV=\"\" # none\n", "NETDEV=\"eth9\" # none\n"),
            ("  NETDEV=\"eth1\"  \r\n", "  NETDEV=\"eth1 eth9\"  \r\n"),
            ("NETDEV=\"et\\h1\\ eth2\"\n", "NETDEV=\"et\\h1\\ eth2 eth9\"\n"),
            ("NETDEV=\"eth1\n", "NETDEV=\"eth1\nNETDEV=\"eth9\"\n"),
            ("NETDEV=\"eth1,eth2\"\n", "NETDEV=\"eth1,eth2 eth9\"\n"),
            ("NETDEV=\"eth1,\"\n", "NETDEV=\"eth1,eth9 \"\n"),
            ("NETDEV=\",\"\n", "NETDEV=\",eth9 \"\n"),
            ("#NETDEV=\"eth1\"\n", "#NETDEV=\"eth1\"\nNETDEV=\"eth9\"\n"),
        ] as [(String, String)])
    func addsAndTakesAway(before: String, after: String) {
        var conf = Self.conf(before)
        conf.add("eth9", to: .netdev)
        #expect(String(decoding: conf.bytes, as: UTF8.self) == after)
        #expect(conf.words(.netdev).last == "eth9")
        conf.add("eth9", to: .netdev)
        #expect(String(decoding: conf.bytes, as: UTF8.self) == after)
        #expect(conf.remove(.netdev) { $0 == "eth9" } == ["eth9"])
        #expect(String(decoding: conf.bytes, as: UTF8.self) == before)
    }

    /// Several lines of a list become one, into which vzctl would write.
    @Test(
        arguments: [
            ("NETDEV=\"a\"\nX=1\nNETDEV=\"b c\"\n", "NETDEV=\"a b c eth9\"\nX=1\n"),
            ("NETDEV=\"a\"\nNETDEV=\"a b\"\nNETDEV=c\n", "NETDEV=\"a b c eth9\"\n"),
            (" NETDEV=\"a\"\nNETDEV=\"b\"\n", "NETDEV=\"b a eth9\"\n"),
            ("NETDEV=\"a\"\nNETDEV=\"b\" # why\nX=1\n", "NETDEV=\"a b eth9\"\n# why\nX=1\n"),
            ("NETDEV=\"\"\nNETDEV=\"b\"", "NETDEV=\"b eth9\" \n"),
            ("NETDEV=\nNETDEV= \"b\n", "NETDEV= \"b\\ eth9 \n"),
        ] as [(String, String)])
    func heals(before: String, after: String) {
        var conf = Self.conf(before)
        conf.add("eth9", to: .netdev)
        #expect(String(decoding: conf.bytes, as: UTF8.self) == after)
    }

    @Test(
        arguments: [
            ("NETDEV=\"eth1 eth2 eth3\"\n", "eth1", "NETDEV=\"eth2 eth3\"\n"),
            ("NETDEV=\"eth1 eth2 eth3\"\n", "eth2", "NETDEV=\"eth1 eth3\"\n"),
            ("NETDEV=\"eth1 eth2 eth1\"\n", "eth1", "NETDEV=\"eth2\"\n"),
            ("NETDEV=\"eth1\"\nNETDEV=\"eth1\"\n", "eth1", ""),
            ("NETDEV=\"eth1\" # why\n", "eth1", "NETDEV=\"\" # why\n"),
            ("NETDEV=eth1\\ eth2\n", "eth1", "NETDEV=eth2\n"),
            ("NETDEV=\"eth1,eth2\"\n", "eth1", "NETDEV=\"eth2\"\n"),
            ("NETDEV=\"eth1,eth2\"\n", "eth2", "NETDEV=\"eth1\"\n"),
            ("A=1\nNETDEV=\"eth1 \"\n", "eth1", "A=1\n"),
        ] as [(String, String, String)])
    func takesAway(before: String, word: String, after: String) {
        var conf = Self.conf(before)
        conf.remove(.netdev) { $0 == word }
        #expect(String(decoding: conf.bytes, as: UTF8.self) == after)
    }

    /// Any bytes at all: what is added is read, the rest is as it was, and taking it away gives the same file, unless a
    /// list of several lines was made one.
    @Test func randomFiles() {
        let pieces = [
            "NETDEV=", "DEVNODES=", "\"", "\"", "eth1", "net/tun:rw", " ", " ", "\n", "\n", "\\", "#", "'", "\r\n", "=",
            "\t", "$VEID", "A=1", ",", "\0", "\u{FF}",
        ].map { Array($0.utf8) }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<24, using: &random) {
                bytes +=
                    Int.random(in: 0..<8, using: &random) == 0
                    ? [UInt8.random(in: 0...255, using: &random)] : pieces.randomElement(using: &random) ?? []
            }
            for list in [OpenVZConf.List.netdev, .devnodes] {
                let before = OpenVZConf(bytes: bytes, id: "101")
                var conf = before
                conf.add("new9:rw", to: list)
                #expect(Set(conf.words(list)) == Set(before.words(list) + ["new9:rw"]), "\(bytes)")
                for other in OpenVZConf.List.allCases where other != list {
                    #expect(conf.words(other) == before.words(other), "\(bytes)")
                }
                let isHealed = before.assignments(list.rawValue).count > 1
                #expect(conf.remove(list) { $0 == "new9:rw" } == ["new9:rw"], "\(bytes)")
                #expect(Set(conf.words(list)) == Set(before.words(list)), "\(bytes)")
                if !isHealed { #expect(conf.bytes == bytes, "\(bytes)") }
            }
        }
    }

    @Test func aFileOf16MiB() {
        let filler = Array(("#" + String(repeating: "x", count: 126) + "\n").utf8)
        var bytes: [UInt8] = []
        while bytes.count + filler.count < 16 << 20 { bytes += filler }
        let before = bytes
        bytes += Array("NETDEV=\"eth1\"\n".utf8)
        var conf = OpenVZConf(bytes: bytes, id: "101")
        #expect(conf.words(.netdev) == ["eth1"])
        conf.remove(.netdev) { $0 == "eth1" }
        #expect(conf.bytes == before)
    }
}
