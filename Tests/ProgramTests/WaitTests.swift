import LinuxSystem
import TestHost
import Testing

/// `attach --wait`: devices and containers that come later.
@Suite struct WaitTests {
    /// Waits until a program does nothing but wait for events.
    private func untilWaiting(_ process: RunningCommand) throws {
        try until("grep -q 'poll' /proc/\(process.id)/wchan /proc/\(process.id)/stack")
    }

    /// An interface comes under its name, or gets it later, or another name that is meant.
    @Test(arguments: [
        "ip link add eth5 type veth peer name p5",
        "ip link add p5 type veth peer name other; sleep 0.1; ip link set other name eth5",
        "ip link add p5 type veth peer name other; ip link set other up; ip link property add dev other altname eth5",
        // Not announced by the kernel.
        "ip link add p5 type veth peer name other; sleep 0.1; ip link property add dev other altname eth5",
        "ip netns add lab; ip -n lab link add eth5 type veth peer name p5; ip -n lab link set eth5 netns $$",
    ])
    func interfaceComesLater(arrival: String) throws {
        try onThrowawayHost {
            let container = try TestContainer()
            let attach = try Program.start("attach", container.reference, "--wait=600", "--net", "eth5:lan0")
            try untilWaiting(attach)
            // Nobody is kept from the container meanwhile.
            #expect(try sh("ls /run/hostdev/locks") == "")
            try sh(arrival)
            let result = try attach.wait()
            #expect(result.status == 0, "\(result)")
            #expect(try container.sh("ip -br link show lan0").contains("lan0"))
        }
    }

    /// udev keeps a file of what it has finished with; it works in the network namespace of process 1, here of a PID
    /// namespace.
    @Test func udevHasNotFinished() throws {
        try onThrowawayHost {
            try sh(
                "ip netns add blue; ip link add eth5 type veth peer name p5; mkdir -p /run/udev/data; touch /run/udev/control"
            )
            let attach = try RunningCommand([
                "unshare", "--pid", "--mount-proc", "--fork",
                Program.path, "attach", "netns:blue", "--net", "eth5", "--wait=600", "--no-watch",
            ])
            try until("grep -q poll /proc/$(tr -d ' ' < /proc/\(attach.id)/task/\(attach.id)/children)/stack")
            #expect(try sh("ip -br link show eth5").contains("eth5"))
            try sh("touch /run/udev/data/n$(ip -o link show eth5 | cut -d: -f1)")
            let result = try attach.wait()
            #expect(result.status == 0, "\(result)")
            #expect(try sh("ip -n blue -br link").contains("eth5"))
        }
    }

    /// All of a document, or nothing: one that is there waits for the other.
    @Test func allOfADocument() throws {
        try onThrowawayHost {
            let container = try TestContainer()
            try sh("ip link add eth5 type veth peer name p5")
            let attach = try Program.start(
                "attach", container.reference, "--wait=600", "--net", "eth5", "--net", "eth6")
            try untilWaiting(attach)
            #expect(try sh("ip -br link").contains("eth5@p5"))
            try sh("ip link add eth6 type veth peer name p6")
            #expect(try attach.wait().status == 0)
            let inside = try container.sh("ip -br link")
            #expect(inside.contains("eth5") && inside.contains("eth6"))
        }
    }

    @Test func namespaceComesLater() throws {
        try onThrowawayHost {
            try sh("ip link add eth5 type veth peer name p5")
            let attach = try Program.start("attach", "netns:blue", "--wait=600", "--net", "eth5")
            try untilWaiting(attach)
            try sh("ip netns add blue")
            #expect(try attach.wait().status == 0)
            #expect(try sh("ip -n blue -br link").contains("eth5"))
        }
    }

    @Test func whatDoesNotComeIsAnError() throws {
        try onThrowawayHost {
            let container = try TestContainer()
            for wait in [["--wait=0.2"], ["--wait", "--timeout", "0.2"]] {
                let result = try Program.run(
                    ["attach", container.reference, "--net", "eth5", "--format", "json"] + wait, watched: true)
                #expect(result.status == 69)
                let error = try decode(ErrorDocument.self, result).error
                #expect(error.code == "no-such-device")
                #expect(error.message == "the host has no interface eth5; waited 0.2 seconds for it")
            }
            // Who has ended does not come back, and a number names nobody who is to come.
            let gone = try Program.run("attach", "pid:4194303", "--net", "eth5", "--wait=600")
            #expect(gone.status == 69, "\(gone)")
            // What is wrong stays wrong.
            #expect(try Program.run("attach", container.reference, "--net", "lo", "--wait=600").status == 1)
        }
    }

    /// The value belongs to the option only behind a `=`, or when it is a number.
    @Test func valueOfTheOption() throws {
        try onThrowawayHost {
            let container = try TestContainer()
            try sh("echo \"<hostdev mode='capability'><source name='eth5'/></hostdev>\" > /run/eth5.xml")
            try sh("ip link add eth5 type veth peer name p5")
            let attach = try Program.run("attach", container.reference, "--wait", "/run/eth5.xml")
            #expect(attach.status == 0, "\(attach)")
            #expect(try Program.run("attach", container.reference, "--wait=soon", "--net", "eth5").status == 64)
            #expect(try Program.run("attach", container.reference, "--wait=-1", "--net", "eth5").status == 64)
        }
    }

    @Test func aSignalEndsTheWait() throws {
        try onThrowawayHost {
            let container = try TestContainer()
            let attach = try Program.start("attach", container.reference, "--wait=600", "--net", "eth5")
            try untilWaiting(attach)
            try sh("kill -TERM \(attach.id)")
            #expect(try attach.wait().status == 75)
        }
    }
}
