import ArgumentParser
import Testing

@testable import HostdevCommands

@Suite struct WaitLimitTests {
    @Test(arguments: [("0", 0.0), ("2.5", 2.5), ("1000000", 1e6)])
    func takesSeconds(text: String, seconds: Double) throws {
        #expect(try #require(WaitLimit(argument: text)).seconds == seconds)
    }

    @Test(arguments: ["", "-1", "1000001", "nan", "inf", "soon"])
    func refusesAnythingElse(text: String) {
        #expect(WaitLimit(argument: text) == nil)
    }

    @Test func withoutAValueTheTimeoutCounts() throws {
        let verb = try HostdevProgram.verb(["attach", "pid:1", "--wait", "--net", "eth0"])
        #expect(try #require((verb as? Attach)?.wait).seconds == nil)
    }

    @Test(arguments: ["attach", "detach"])
    func doesNotGoWithVZCtl(verb: String) {
        let error = #expect(throws: (any Error).self) {
            try HostdevProgram.verb([verb, "openvz:101", "--net", "eth0", "--wait", "--through-vzctl"])
        }
        #expect(error.map { HostdevProgram.message(for: $0) } == "--wait cannot be combined with --through-vzctl")
    }
}
