import TestHost
import Testing

/// Which interface is meant is settled when its lock is held, and not before.
@Suite struct InterfaceIdentityTests {
    /// Another run has the lock while somebody gives the name to another interface: neither of the two is moved.
    @Test func aNameThatChangesHandsIsNotFollowed() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name p0; ip link add eth1 type veth peer name p1")
            let container = try TestContainer()
            let index = try sh("ip -o link show eth0 | cut -d: -f1 | tr -d '\\n'")
            let lock = try sh("echo /run/hostdev/locks/interface-$(stat -Lc %i /proc/self/ns/net)-\(index)")
            try sh("mkdir -p -m 700 /run/hostdev/locks; touch \(lock)")
            let holder = try RunningCommand([
                "sh", "-c", "exec 9< \(lock.dropLast()); flock 9; echo held; exec sleep 1000",
            ])
            while !holder.outputSoFar.contains("held") { try sh("sleep 0.01") }
            let attach = try Program.start("attach", container.reference, "--net", "eth0", "--format", "json")
            try sh("sleep 0.5; ip link set eth0 name eth2; ip link set eth1 name eth0")
            holder.end()
            let result = try attach.wait()
            #expect(result.status == 75, "\(result)")
            let error = try decode(ErrorDocument.self, result).error
            #expect(error.code == "busy")
            #expect(error.device == "eth0")
            #expect(try sh("ip -br link | sed 's,[@ ].*,,' | sort | xargs") == "eth0 eth2 lo p0 p1\n")
            #expect(try Program.run("attach", container.reference, "--net", "eth0").status == 0)
        }
    }
}
