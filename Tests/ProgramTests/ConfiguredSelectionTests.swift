import TestHost
import Testing

/// Which of the devices in a configuration a name means: as of those that a container has.
@Suite struct ConfiguredSelectionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        /// The networks as `link=name`, and the mounts as `/dev/x=/dev/y`.
        let has: [String]
        let detach: [String]
        let left: [String]
        var status: Int32 = 0
        var lineEnd = "\n"
        var testDescription: String { "\(has) \(detach)\(lineEnd == "\n" ? "" : " with carriage returns")" }
    }

    @Test(arguments: [
        Case(has: ["eth1=eth2", "eth2=eth1"], detach: ["--net", "eth1"], left: ["eth2=eth1"]),
        Case(has: ["eth1=eth2", "eth2=eth1"], detach: ["--net", "eth1"], left: ["eth2=eth1"], lineEnd: "\r\n"),
        Case(has: ["eth1=a", "eth2=b"], detach: ["--net", "b"], left: ["eth1=a"]),
        Case(has: ["eth1=a", "eth1=b"], detach: ["--net", "eth1"], left: ["eth1=a", "eth1=b"], status: 64),
        Case(has: ["eth1=a", "eth1=b"], detach: ["--id", "web-lxc.net.1-eth1"], left: ["eth1=a"]),
        Case(has: ["\u{E9}=a", "e\u{301}=b"], detach: ["--net", "\u{E9}"], left: ["e\u{301}=b"]),
        Case(has: ["\u{E9}=a", "e\u{301}=b"], detach: ["--net", "e\u{301}"], left: ["\u{E9}=a"]),
        Case(has: ["eth1=\u{E9}", "eth2=e\u{301}"], detach: ["--net", "e\u{301}"], left: ["eth1=\u{E9}"]),
        Case(
            has: ["/dev/zero=/dev/full", "/dev/full=/dev/zero"], detach: ["--misc", "/dev/full"],
            left: ["/dev/zero=/dev/full"]),
        Case(
            has: ["/dev/\u{E9}=/dev/a", "/dev/e\u{301}=/dev/b"], detach: ["--misc", "/dev/e\u{301}"],
            left: ["/dev/\u{E9}=/dev/a"]),
    ])
    func ofLXC(test: Case) throws {
        try onThrowawayHost {
            try LXCHost.configure("web", Self.config(test.has, test.lineEnd))
            // An entry whose device the host does not have is one all the same.
            let environment = ["LXC_PATH": LXCHost.path]
            let detach = try Program.run(
                ["detach", "lxc:web", "--config"] + test.detach, environment: environment)
            #expect(detach.status == test.status, "\(detach)")
            let left = try LXCHost.config("web").utf8.split { $0 == 10 || $0 == 13 }.map { Array($0) }
            // A network keeps its number.
            let kept = test.has.enumerated().filter { _, device in
                test.left.contains { $0.utf8.elementsEqual(device.utf8) }
            }
            let wanted = kept.flatMap { Self.lines($0.element, $0.offset) }.map { Array($0.utf8) }
            #expect(left == [Array("lxc.uts.name = web".utf8)] + wanted)
        }
    }

    private static func config(_ devices: [String], _ end: String) -> String {
        (["lxc.uts.name = web"] + devices.enumerated().flatMap { lines($0.element, $0.offset) }).map { $0 + end }
            .joined()
    }

    private static func lines(_ device: String, _ number: Int) -> [String] {
        let parts = device.utf8.split(separator: UInt8(ascii: "=")).map { String(Substring($0)) }
        guard device.utf8.first == UInt8(ascii: "/") else {
            return [
                "lxc.net.\(number).type = phys", "lxc.net.\(number).link = \(parts[0])",
                "lxc.net.\(number).name = \(parts[1])",
            ]
        }
        // Without the slash at the beginning: all targets here are ASCII.
        return ["lxc.mount.entry = \(parts[0]) \(parts[1].dropFirst()) none bind,optional,create=file"]
    }

    /// Words of a list in which one stands twice for whom reads text, and once for vzctl.
    @Test func ofOpenVZ() throws {
        try onThrowawayHost {
            try OpenVZHost.make()
            try OpenVZHost.configure(101, "NETDEV=\"\u{E9} eth1 e\u{301}\"\n")
            let detach = try Program.run("detach", "openvz:101", "--config", "--net", "\u{E9}")
            #expect(detach.status == 0, "\(detach)")
            #expect(try Array(OpenVZHost.conf(101).utf8) == Array("NETDEV=\"eth1 e\u{301}\"\n".utf8))
        }
    }
}
