import TestHost
import Testing

/// `check` of nodes, with a device that every host has.
@Suite struct NodeCheckTests {
    private func attached<Container>(_ container: Container, _ reference: String) throws -> Container {
        let attach = try Program.run(
            "attach", reference, "-",
            input:
                "<hostdev mode='capability' type='misc'><source dev='/dev/zero'/><target dev='/dev/other'/></hostdev>")
        #expect(attach.status == 0, "\(attach)")
        #expect(try Program.run("check").status == 0)
        return container
    }

    private func expectDrift(_ words: String) throws {
        let check = try Program.run("check")
        #expect(check.status == 2, "\(check)")
        #expect(check.output.contains("zero: \(words)"), "\(check)")
    }

    @Test(arguments: [
        ("rm /dev/other", "node is gone, not /dev/other"),
        ("rm /dev/other; mknod /dev/other c 1 3", "node is replaced by c 1:3, not /dev/other"),
        ("rm /dev/other; mknod /dev/other c 1 5", "node is replaced by c 1:5, not /dev/other"),
        ("rm /dev/other; mknod /dev/other b 1 5", "node is replaced by b 1:5, not /dev/other"),
        ("rm /dev/other; touch /dev/other", "node is replaced by "),
        ("mv /dev /away 2>&1 || mount -t tmpfs none /dev", "node is gone, not /dev/other"),
    ])
    func namesWhatIsWrongWithANode(script: String, words: String) throws {
        try onThrowawayHost {
            let container = try TestContainer()
            _ = try attached(container, container.reference)
            try container.sh(script)
            try expectDrift(words)
        }
    }

    /// Another device has the number now: as a record says that was made when the number was another device's.
    @Test func namesAnotherDevice() throws {
        try onThrowawayHost {
            let container = try TestContainer()
            _ = try attached(container, container.reference)
            try sh("sed -i \"s|identity=['\\\"][^'\\\"]*|identity='/sys/devices/away|\" /run/hostdev/attachments/*.xml")
            try expectDrift("device is /sys/devices/virtual/mem/zero, not /sys/devices/away")
            // What leads to the other one is taken away.
            #expect(try Program.run("recover").output.contains("until it is back on the host"))
            #expect(try container.sh("ls /dev") == "null\n")
            try expectDrift("device is away, not /sys/devices/away")
            #expect(try Program.run("list").output.contains(" away "))
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }
}
