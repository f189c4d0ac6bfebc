import TestHost
import Testing

@Suite struct ConcurrencyTests {
    /// Two at once for one interface: one wins, the other says who has it.
    @Test func oneOfTwoWins() throws {
        try onThrowawayHost {
            try HostInterface.make()
            for _ in 0..<5 {
                let containers = [try TestContainer(), try TestContainer()]
                let runs = try containers.map { try Program.start("attach", $0.reference, "--net", "eth0:lan0") }
                let results = try runs.map { try $0.wait() }
                #expect(results.map(\.status).sorted() == [0, 75], "\(results)")
                let winner = results[0].status == 0 ? 0 : 1
                #expect(
                    results[1 - winner].errors.contains("attached to \(containers[winner].reference)"), "\(results)")
                #expect(try Program.run("detach", containers[winner].reference, "--all").status == 0)
            }
        }
    }

    /// Many at once into one container wait for each other, and none is lost.
    @Test func manyIntoOneContainer() throws {
        try onThrowawayHost {
            let names = (0..<8).map { "eth\($0)" }
            for name in names { try sh("ip link add \(name) type veth peer name p\(name)") }
            let container = try TestContainer()
            let results = try names.map { try Program.start("attach", container.reference, "--net", $0) }.map {
                try $0.wait()
            }
            #expect(results.allSatisfy { $0.status == 0 }, "\(results)")
            let inside = try container.sh("ip -br link")
            for name in names { #expect(inside.contains(name)) }
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            let outside = try sh("ip -br link")
            for name in names { #expect(outside.contains("\(name)@p")) }
        }
    }

    /// A signal in the middle of a batch puts back what was attached already.
    @Test func anInterruptedBatchIsPutBack() throws {
        try onThrowawayHost {
            let names = (0..<30).map { "eth\($0)" }
            for name in names { try sh("ip link add \(name) type veth peer name p\(name)") }
            let before = try sh("ip -br link | sort")
            let container = try TestContainer()
            let document = names.map { "<hostdev mode='capability'><source name='\($0)'/></hostdev>" }.joined()
            try sh("cat > /run/many.xml <<'END'\n<devices>\(document)</devices>\nEND\n")
            let attach = try Program.start("attach", container.reference, "/run/many.xml")
            try sh(
                "until [ -e /run/hostdev/attachments/ ] && [ $(ls /run/hostdev/attachments | wc -l) -gt 3 ]; do sleep 0.01; done"
            )
            try sh("kill -TERM \(attach.id)")
            let result = try attach.wait()
            #expect(result.status == 75, "\(result)")
            #expect(result.errors.contains("interrupted"))
            #expect(try sh("ip -br link | sort") == before)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }
}
