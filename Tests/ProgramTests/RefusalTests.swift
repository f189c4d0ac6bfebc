import FoundationEssentials
import TestHost
import Testing

/// What is refused: with the exit status and the code of the contract, and with nothing changed.
@Suite struct RefusalTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        var input = ""
        let status: Int32
        let code: String
        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test(arguments: [
        // A process that is not there.
        Refusal(arguments: ["attach", "pid:4194303", "--net", "eth0"], status: 69, code: "no-such-container"),
        // A namespace that is not there.
        Refusal(arguments: ["attach", "netns:none", "--net", "eth0"], status: 69, code: "no-such-container"),
        // A file that is no namespace.
        Refusal(arguments: ["attach", "netns:/etc/passwd", "--net", "eth0"], status: 69, code: "no-such-container"),
        // An engine that nobody knows.
        Refusal(arguments: ["attach", "moon:web", "--net", "eth0"], status: 69, code: "no-such-container"),
        // A bare name that no engine knows.
        Refusal(arguments: ["attach", "web", "--net", "eth0"], status: 69, code: "no-such-container"),
        // A process number that is none.
        Refusal(arguments: ["attach", "pid:zero", "--net", "eth0"], status: 64, code: "usage"),
        // An interface that is not there.
        Refusal(arguments: ["attach", "CONTAINER", "--net", "eth9"], status: 69, code: "no-such-device"),
        // A SCSI device that is not there.
        Refusal(arguments: ["attach", "CONTAINER", "--scsi", "sg4711"], status: 69, code: "no-such-device"),
        // A name that the container has.
        Refusal(arguments: ["attach", "CONTAINER", "--net", "eth0:taken"], status: 1, code: "name-taken"),
        // A name that no interface can have.
        Refusal(arguments: ["attach", "CONTAINER", "--net", "eth0:a/b"], status: 65, code: "invalid-document"),
        // The same interface twice, under its name and an alternative name.
        Refusal(
            arguments: ["attach", "CONTAINER", "--net", "eth0:a", "--net", "enp3s0:b"], status: 65,
            code: "invalid-document"),
        // The loopback interface.
        Refusal(arguments: ["attach", "CONTAINER", "--net", "lo:lo1"], status: 1, code: "not-supported"),
        // The host's own namespace.
        Refusal(arguments: ["attach", "pid:SELF", "--net", "eth0"], status: 1, code: "not-supported"),
        // A document that is none.
        Refusal(arguments: ["attach", "CONTAINER", "-"], input: "<hostdev", status: 65, code: "invalid-document"),
        // A misspelt element.
        Refusal(
            arguments: ["attach", "CONTAINER", "-"],
            input: "<hostdev mode='capability'><sorce name='eth0'/></hostdev>", status: 65, code: "invalid-document"),
        // An MTU that the interface cannot have.
        Refusal(
            arguments: ["attach", "CONTAINER", "-"],
            input: "<hostdev mode='capability'><source name='eth0'/><mtu size='70000'/></hostdev>", status: 65,
            code: "invalid-document"),
        // A route over an interface that is down.
        Refusal(
            arguments: ["attach", "CONTAINER", "-"],
            input:
                "<hostdev mode='capability'><source name='eth0'/><link state='down'/><route address='default'/></hostdev>",
            status: 65, code: "invalid-document"),
        // A file that is not there.
        Refusal(arguments: ["attach", "CONTAINER", "/none.xml"], status: 66, code: "no-such-file"),
        // A folder.
        Refusal(arguments: ["attach", "CONTAINER", "/etc"], status: 66, code: "no-such-file"),
        // A device that a container has no use for.
        Refusal(
            arguments: ["attach", "CONTAINER", "-"],
            input:
                "<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' wwpn='naa.5123456789abcde0'/></hostdev>",
            status: 1, code: "not-supported"),
        // Devices that the host does not have.
        Refusal(arguments: ["attach", "CONTAINER", "--pci", "ffff:fe:1f.7"], status: 69, code: "no-such-device"),
        Refusal(arguments: ["attach", "CONTAINER", "--usb", "ffff:ffff"], status: 69, code: "no-such-device"),
        Refusal(arguments: ["attach", "CONTAINER", "--usb", "999:127"], status: 69, code: "no-such-device"),
        // Nothing to do.
        Refusal(arguments: ["attach", "CONTAINER"], status: 64, code: "usage"),
        // An option that is not known.
        Refusal(arguments: ["attach", "CONTAINER", "--colour"], status: 64, code: "usage"),
        // A verb that is not known.
        Refusal(arguments: ["atach", "CONTAINER"], status: 64, code: "usage"),
        // Something that is not attached.
        Refusal(arguments: ["detach", "CONTAINER", "--net", "eth0"], status: 69, code: "not-attached"),
    ])
    func isRefused(_ refusal: Refusal) throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            try container.sh("ip link add taken type veth peer name other")
            let itself = try RunningCommand(["sleep", "1000"])
            defer { itself.end() }
            let arguments = refusal.arguments.map {
                switch $0 {
                case "CONTAINER": container.reference
                case "pid:SELF": "pid:\(itself.id)"
                default: $0
                }
            }
            let text = try run([Program.path] + arguments, input: refusal.input)
            #expect(text.status == refusal.status, "\(text)")
            #expect(text.output == "")
            #expect(!text.errors.isEmpty)
            let json = try run([Program.path] + arguments + ["--format", "json"], input: refusal.input)
            #expect(json.status == refusal.status)
            #expect(try decode(ErrorDocument.self, json).error.code == refusal.code, "\(json)")
            #expect(try HostInterface.changes(since: before) == "")
            #expect(try sh("find /run/hostdev -type f 2>/dev/null || true") == "")
        }
    }

    /// A port of a bridge is in use; with --force it is taken all the same.
    @Test func aPortOfABridge() throws {
        try onThrowawayHost {
            try sh(
                "ip link add eth0 type veth peer name peer; ip link add br0 type bridge; ip link set eth0 master br0")
            let container = try TestContainer()
            let result = try Program.run("attach", container.reference, "--net", "eth0", "--format", "json")
            #expect(result.status == 75)
            let error = try decode(ErrorDocument.self, result).error
            #expect(error.code == "in-use")
            #expect(error.message == "eth0 is a port of bridge br0")
            #expect(error.hint?.contains("--force") == true)
            #expect(try Program.run("attach", container.reference, "--net", "eth0", "--force").status == 0)
        }
    }

    @Test func withoutPrivilege() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            let result = try run([
                "setpriv", "--bounding-set", "-net_admin,-mknod", "--inh-caps", "-all", "--",
                Program.path, "attach", container.reference, "--net", "eth0", "--format", "json",
            ])
            #expect(result.status == 77, "\(result)")
            let error = try decode(ErrorDocument.self, result).error
            #expect(error.code == "not-permitted")
            #expect(error.message.contains("CAP_NET_ADMIN"), "\(error.message)")
            #expect(try HostInterface.changes(since: before) == "")
        }
    }

    @Test func whatAnotherContainerHasIsNamed() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let first = try TestContainer()
            let second = try TestContainer()
            #expect(try Program.run("attach", first.reference, "--net", "eth0:lan0").status == 0)
            let other = try Program.run("attach", second.reference, "--net", "eth0", "--format", "json")
            #expect(other.status == 75, "\(other)")
            #expect(try decode(ErrorDocument.self, other).error.message == "eth0 is attached to \(first.reference)")
            let again = try Program.run("attach", first.reference, "--net", "enp3s0", "--format", "json")
            #expect(again.status == 1, "\(again)")
            #expect(try decode(ErrorDocument.self, again).error.code == "already-attached")
        }
    }
}
