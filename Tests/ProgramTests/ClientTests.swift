import TestHost
import Testing

/// The client of the library in `examples/client`.
@Suite struct ClientTests {
    @Test func givesAnInterfaceAndTakesItBack() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            let output = try sh("echo | \(Self.path) \(container.reference) eth0 192.0.2.7/24")
            #expect(output.contains("attached eth0 to \(container.reference) as eth0"))
            #expect(output.contains("detached 1 device"))
            #expect(try HostInterface.changes(since: before) == "")
            try expectNothingLeft()
        }
    }

    @Test func namesTheErrorByItsCode() throws {
        try onThrowawayHost {
            let container = try TestContainer()
            let output = try sh("\(Self.path) \(container.reference) eth7 192.0.2.7/24 < /dev/null || true")
            #expect(output.contains("error: no-such-device: the host has no interface eth7"))
        }
    }

    private static var path: String { Program.path.dropLast("hostdev".count) + "example-client" }
}
