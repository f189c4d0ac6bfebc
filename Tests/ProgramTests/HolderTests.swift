import TestHost
import Testing

/// What detaching a node cannot take: files that are open.
@Suite struct HolderTests {
    private struct Result: Decodable {
        struct Holder: Decodable {
            let device: String
            let pid: Int32
            let command: String
        }
        let open: [Holder]?
    }

    private struct Place {
        let container: TestContainer
        let holder: RunningCommand

        /// A container with `/dev/zero`, and a process in it that has it open.
        init(through node: String = "/dev/zero", makes: String = ":") throws {
            container = try TestContainer()
            let attach = try Program.run("attach", container.reference, "--misc", "/dev/zero")
            #expect(attach.status == 0, "\(attach)")
            holder = try RunningCommand([
                "nsenter", "--target", "\(container.id)", "--all", "sh", "-ec",
                "\(makes); exec 3<\(node); echo open; exec sleep infinity",
            ])
            for _ in 0..<12_000 where !holder.outputSoFar.contains("open") { try sh("sleep 0.01") }
        }
    }

    /// By the node that was made, or by one that the container has made itself.
    @Test(arguments: [("/dev/zero", ":"), ("/tmp/mine", "mknod /tmp/mine c 1 5")])
    func isReported(node: String, makes: String) throws {
        try onThrowawayHost {
            let place = try Place(through: node, makes: makes)
            // A process of the host's is none of the container's.
            let own = try RunningCommand(["sh", "-c", "exec 3</dev/zero; exec sleep infinity"])
            try until("readlink /proc/\(own.id)/fd/3")
            let detach = try Program.run("detach", place.container.reference, "--all", "--format", "json")
            #expect(detach.status == 0, "\(detach)")
            let holders = try decode(Result.self, detach).open ?? []
            #expect(holders.map(\.command) == ["sleep"])
            #expect(holders.map(\.device) == ["zero"])
            #expect(holders.map(\.pid) != [own.id])

            // As text; and after that there is nobody.
            #expect(try Program.run("attach", place.container.reference, "--misc", "/dev/zero").status == 0)
            let again = try Program.run("detach", place.container.reference, "--all")
            #expect(again.errors == "hostdev: process \(holders.first?.pid ?? 0) (sleep) still has zero open\n")
            place.container.end()
            own.end()
        }
    }

    @Test func isWaitedFor() throws {
        try onThrowawayHost {
            let place = try Place()
            let tooLong = try Program.run("detach", place.container.reference, "--all", "--wait=0.01")
            #expect(tooLong.status == 75, "\(tooLong)")
            #expect(tooLong.output.contains("detached zero"))
            #expect(try Program.run("attach", place.container.reference, "--misc", "/dev/zero").status == 0)
            let detach = try Program.start("detach", place.container.reference, "--all", "--wait=600")
            // It is detached, and nobody is kept from the container.
            try until("[ -z \"$(find /run/hostdev -type f)\" ]")
            try until("grep -q ') S ' /proc/\(detach.id)/stat")
            try place.container.sh("pkill -x sleep -n")
            let result = try detach.wait()
            #expect(result.status == 0, "\(result)")
            #expect(result.errors == "")
        }
    }
}
