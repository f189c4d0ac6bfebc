import TestHost
import Testing

/// A radio whose driver keeps to one network namespace, and network cards beside radios.
extension RadioTests {
    @Test func aDriverThatCannotIsRefusedBeforeAnythingChanges() throws {
        let stick = try RNDISStick()
        defer { stick.end() }
        let container = try TestContainer()
        defer { container.end() }
        try sh("ip link set \(stick.name) up; ip addr add 192.0.2.1/24 dev \(stick.name)")
        let dump = "ip -d addr show dev \(stick.name); ip route show table all dev \(stick.name)"
        let before = try sh(dump)
        let state = "/run/hostdev-stick"
        for arguments in [[], ["--force"], ["--dry-run"]] {
            let result = try Program.run(
                [
                    "attach", container.reference, "--net", "\(stick.name):lan0", "--state-dir", state, "--format",
                    "json",
                ]
                    + arguments)
            let error = try decode(ErrorDocument.self, result).error
            #expect(error.code == "not-supported" && error.device == stick.name, "\(error)")
            #expect(error.message.contains("keeps to one network namespace"), "\(error)")
        }
        #expect(try sh(dump) == before)
        #expect(try sh("find \(state) -type f") == "")
    }
}
