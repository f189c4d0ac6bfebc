import ArgumentParser
import Testing

@testable import HostdevCommands

/// The quick parser of command lines and ArgumentParser have the same results.
@Suite struct FastArgumentsTests {
    @Test(arguments: [
        ["web"], ["web", "-"], ["web", "devices.xml"], ["lxc:web", "--misc", "/dev/fuse"],
        ["--misc", "/dev/fuse", "web", "--misc", "/dev/net/tun"], ["--no-watch", "web", "file"],
        [
            "web", "--net", "eth0:lan0", "--scsi", "sg3@0:0:0:0", "--misc", "/dev/fuse", "--usb", "0483:2016", "--pci",
            "0", "--storage", "/dev/loop3", "--only", "usb,tty",
        ],
        ["web", "--net", ""], ["", "--net", "a"], ["web", "-q", "--force", "--timeout", "0.5", "--state-dir", "/x"],
        ["web", "--verbose", "--dry-run", "--format", "json", "--live", "--config", "--through-vzctl"],
    ])
    func attachIsPlain(words: [String]) throws {
        let plain = try #require(Attach(fast: words))
        #expect(try "\(plain)" == "\(Attach.parse(words))")
    }

    @Test(arguments: [
        ["web"], ["web", "-"], ["web", "--all", "-v"],
        ["web", "--misc", "sg3", "--misc", "x", "--alias", "ua-x", "--storage", "x"],
        [
            "web", "--net", "lan0", "--scsi", "sg3", "--if-attached", "--dry-run", "--live", "--config",
            "--through-vzctl",
        ],
        ["-q", "--state-dir", "/x", "web", "--format", "text", "--force", "--timeout", "3"],
    ])
    func detachIsPlain(words: [String]) throws {
        let plain = try #require(Detach(fast: words))
        #expect(try "\(plain)" == "\(Detach.parse(words))")
    }

    @Test(arguments: [
        [], ["web", "file", "more"], ["web", "--net"], ["web", "--net", "--scsi"], ["web", "--net=eth0"],
        ["web", "--bogus"], ["--help"], ["web", "-qv"], ["web", "--", "file"], ["web", "--wait"],
        ["web", "--wait", "3"],
        ["web", "--timeout", "-1"], ["web", "--timeout", "soon"], ["web", "--timeout", "1", "--timeout", "2"],
        ["web", "--state-dir", "here"], ["web", "--format", "--live", "json"], ["web", "--format", "xml"],
        ["web", "-q", "--quiet"], ["--version"],
    ])
    func theRestIsArgumentParsers(words: [String]) {
        #expect(Attach(fast: words) == nil)
        #expect(Detach(fast: words) == nil)
    }

    /// A command line that is parsed here has the same result with ArgumentParser.
    @Test func agreesWithArgumentParser() throws {
        let words = [
            "web", "lxc:web", "file.xml", "-", "--", "", "0.5", "-1", "--net", "--scsi", "--misc", "--storage", "--usb",
            "--pci",
            "--alias", "--all", "--if-attached", "--wait", "--no-watch", "--live", "--config", "--through-vzctl",
            "--dry-run", "--force", "--timeout", "--state-dir", "/run/x", "--format", "json", "text", "-q", "-v", "-qv",
            "--quiet", "--verbose", "--help", "--net=eth0", "--timeout=3", "eth0",
        ]
        var read = 0
        for _ in 0..<1_500 {
            let line = (0..<Int.random(in: 1...6)).map { _ in words.randomElement()! }
            if let plain = Attach(fast: line) {
                read += 1
                #expect(try "\(plain)" == "\(Attach.parse(line))", "\(line)")
            }
            if let plain = Detach(fast: line) {
                read += 1
                #expect(try "\(plain)" == "\(Detach.parse(line))", "\(line)")
            }
        }
        // The comparison is worth something.
        #expect(read > 20)
    }
}
