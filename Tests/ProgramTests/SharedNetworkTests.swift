import TestHost
import Testing

/// Containers with one network, as those of a pod have, or those with the host's: what one has, the others have not.
@Suite struct SharedNetworkTests {
    private static func inTwo(_ body: (_ one: TestContainer, _ other: TestContainer) throws -> Void) throws {
        try onThrowawayHost {
            let options = TestContainer.Options(hasHostNetwork: true)
            try body(TestContainer(options), TestContainer(options))
        }
    }

    private static func has(_ container: TestContainer, _ path: String) throws -> Bool {
        try container.run(["test", "-c", path]).status == 0
    }

    @Test func eachHasItsOwnNodes() throws {
        try Self.inTwo { one, other in
            #expect(try Program.run("attach", one.reference, "--misc", "/dev/zero").status == 0)
            #expect(try !Program.run("list", other.reference).output.contains("zero"))
            let none = try Program.run("detach", other.reference, "--all")
            #expect(none.status == 69, "\(none)")
            #expect(try Self.has(one, "/dev/zero"))

            let taken = try Program.run("attach", other.reference, "--misc", "/dev/zero")
            #expect(taken.status == 75, "\(taken)")
            #expect(try Program.run("attach", other.reference, "--misc", "/dev/full").status == 0)
            #expect(try Program.run("detach", other.reference, "--all").output.contains("detached full"))
            #expect(try Self.has(one, "/dev/zero"))
            #expect(try Program.run("check").status == 0)
            #expect(try Program.run("detach", one.reference, "--misc", "/dev/zero").status == 0)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    @Test func bothShareADevice() throws {
        try Self.inTwo { one, other in
            let document = "<hostdev mode='capability' type='misc'><source dev='/dev/zero'/><shareable/></hostdev>"
            for container in [one, other] {
                let attach = try Program.run("attach", container.reference, "-", input: document)
                #expect(attach.status == 0, "\(attach)")
            }
            #expect(try Program.run("detach", one.reference, "-", input: document).status == 0)
            #expect(try !Self.has(one, "/dev/zero"))
            #expect(try Self.has(other, "/dev/zero"))
        }
    }

    @Test func applyLeavesTheOthersAlone() throws {
        try Self.inTwo { one, other in
            #expect(try Program.run("attach", one.reference, "--misc", "/dev/zero").status == 0)
            let apply = try Program.run("apply", other.reference, "-", "--no-watch", input: "<devices/>")
            #expect(apply.status == 0, "\(apply)")
            #expect(apply.output == "")
            #expect(try Self.has(one, "/dev/zero"))
        }
    }

    @Test func theEndOfOneTakesNothingFromTheOther() throws {
        try Self.inTwo { one, other in
            #expect(try Program.run("attach", one.reference, "--misc", "/dev/zero").status == 0)
            #expect(try Program.run("attach", other.reference, "--misc", "/dev/full").status == 0)
            one.end()
            #expect(try Program.run("recover").status == 0)
            let list = try Program.run("list").output
            #expect(!list.contains("zero") && list.contains("full"), "\(list)")
            #expect(try Self.has(other, "/dev/full"))
        }
    }

    /// Whoever else is in that network is none of the container's.
    @Test func anotherContainersProcessesHoldNothing() throws {
        try Self.inTwo { one, other in
            #expect(try Program.run("attach", one.reference, "--misc", "/dev/zero").status == 0)
            try other.sh("mknod -m 666 /dev/mine c 1 5")
            let holder = try RunningCommand(
                [
                    "nsenter", "--target", "\(other.id)", "--all", "sh", "-c",
                    "exec 3< /dev/mine; echo open; exec sleep 1000",
                ])
            defer { holder.end() }
            while !holder.outputSoFar.contains("open") { try sh("sleep 0.05") }
            let detach = try Program.run("detach", one.reference, "--all")
            #expect(detach.status == 0)
            #expect(detach.errors == "", "\(detach)")
        }
    }
}
