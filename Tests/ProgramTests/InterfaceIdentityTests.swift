import TestHost
import Testing

/// Which interface is meant is settled when its lock is held, and not before.
@Suite struct InterfaceIdentityTests {
    /// Another run has the lock while somebody gives the name to another interface: the one that is moved is the one that
    /// has the name when its lock is held, with its own number recorded.
    @Test func aNameThatChangesHandsIsLookedUpAgain() throws {
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
            #expect(result.status == 0, "\(result)")
            #expect(try sh("ip -br link | sed 's,[@ ].*,,' | sort | xargs") == "eth2 lo p0 p1\n")
            #expect(try container.sh("ip -br link | sed 's,[@ ].*,,' | sort | xargs") == "eth0 lo\n")
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try sh("ip -br link | sed 's,[@ ].*,,' | sort | xargs") == "eth0 eth2 lo p0 p1\n")
        }
    }
}
