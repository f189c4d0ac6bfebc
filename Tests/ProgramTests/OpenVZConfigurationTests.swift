import TestHost
import Testing

/// `--config` for OpenVZ's containers: the program and a conf, without anything that runs.
@Suite struct OpenVZConfigurationTests {
    private static let conf = """
        # UUID: 6b1d6b2c
        ONBOOT="yes"
        DEVNODES="net/tun:rw fuse:rw "
        NAME="web" # ours

        """

    private static func onHost(_ body: () throws -> Void) throws {
        try onThrowawayHost {
            try OpenVZHost.make()
            try OpenVZHost.configure(101, conf)
            try sh("ln -s /etc/vz/conf/101.conf /etc/vz/names/web")
            try body()
        }
    }

    @Test func isWrittenAndTakenBack() throws {
        try Self.onHost {
            let attach = try Program.run(
                "attach", "openvz:101", "--net", "eth1", "--misc", "/dev/zero", "--pci", "00:03.0", "--config")
            #expect(attach.status == 0, "\(attach)")
            #expect(attach.errors.contains("no effect without an OpenVZ kernel"))
            #expect(
                try OpenVZHost.conf(101) == """
                    # UUID: 6b1d6b2c
                    ONBOOT="yes"
                    DEVNODES="net/tun:rw fuse:rw zero:rw "
                    NAME="web" # ours
                    NETDEV="eth1"
                    PCI="0000:00:03.0"

                    """)
            let detach = try Program.run(
                "detach", "openvz:web", "--net", "eth1", "--misc", "/dev/zero", "--config")
            #expect(detach.status == 0, "\(detach)")
            let pci =
                "<hostdev mode='bus' bus='pci'><source><address bus='0' slot='3' function='0'/></source></hostdev>"
            #expect(try Program.run("detach", "web", "-", "--config", input: pci).status == 0)
            #expect(try OpenVZHost.conf(101) == Self.conf)
            #expect(try sh("ls -A \(OpenVZHost.locks)") == "")
            #expect(try sh("ls -A /etc/vz/conf") == "101.conf\n")
        }
    }

    @Test func isReadBack() throws {
        try Self.onHost {
            try OpenVZHost.configure(
                101,
                """
                NETDEV="eth1 eth2"
                DEVNODES="zero:r no/such/node:rw sg4711:rw "
                DEVICES="c:1:5:rw c:1:8:rw b:8:all:r"
                """)
            let dump = try Program.run("dumpxml", "openvz:101", "--config")
            #expect(dump.status == 0, "\(dump)")
            for expected in ["'eth1'", "'eth2'", "'/dev/zero'", "'sg4711'", "'/dev/random'"] {
                #expect(dump.output.contains(expected), "\(dump)")
            }
            #expect(dump.output.split(separator: "/dev/zero").count == 2, "once, although it stands in two lists")
            #expect(dump.errors.contains("b:8:all:r in DEVICES has no form"))
            #expect(dump.errors.contains("no/such/node:rw in DEVNODES: the host has no /dev/no/such/node now"))
            let list = try Program.run("list")
            let lines = list.output.split(separator: "\n").map { $0.split(separator: " ") }
            #expect(lines.contains(["openvz:101", "net", "eth1", "eth1", "configured", "-"]), "\(list)")
            #expect(list.output.contains("no/such/node"), "what the host does not have now is not hidden: \(list)")
            // What was read can be written.
            #expect(try Program.run("detach", "openvz:101", "--all", "--config").status == 0)
            #expect(
                try OpenVZHost.conf(101) == """
                    DEVICES="b:8:all:r"
                    """)
            let document = dump.output.split(separator: "\n").filter { !$0.contains("sg4711") }.joined(separator: "\n")
            #expect(document.contains("eth1"))
            try sh("ip link add eth1 type veth peer name p1")
            let again = try Program.run("attach", "openvz:101", "--net", "eth1", "--net", "eth2", "--config")
            #expect(again.status == 0, "\(again)")
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        var input = ""
        var status: Int32 = 65
        let message: String
        var testDescription: String { message }
    }

    /// What the conf cannot say is never dropped.
    @Test(arguments: [
        Refusal(arguments: ["--net", "eth1:lan0"], message: "another name in the container"),
        Refusal(arguments: ["--net", "tun7"], message: "begins with tun"),
        Refusal(arguments: ["--net", "a\"b"], message: "such a name"),
        Refusal(arguments: ["--net", "a$(b)"], message: "such a name"),
        Refusal(
            arguments: ["-"], input: "<hostdev mode='capability'><source mac='02:00:00:00:00:01'/></hostdev>",
            message: "how the interface is found"),
        Refusal(
            arguments: ["-"], input: "<hostdev mode='capability'><source name='eth1'/><mtu size='1300'/></hostdev>",
            message: "an MTU"),
        Refusal(
            arguments: ["-"],
            input: "<hostdev mode='capability'><source name='eth1'/><ip address='192.0.2.7'/></hostdev>",
            message: "addresses"),
        Refusal(
            arguments: ["-"], input: "<hostdev mode='capability'><source name='eth1'/><alias name='ua-1'/></hostdev>",
            message: "an alias"),
        Refusal(
            arguments: ["-"],
            input:
                "<hostdev mode='capability' type='misc'><source dev='/dev/zero'/><permissions mode='0600'/></hostdev>",
            message: "permissions"),
        Refusal(
            arguments: ["-"],
            input:
                "<hostdev mode='capability' type='misc'><source dev='/dev/zero'/><target dev='/dev/nil'/></hostdev>",
            message: "another path"),
        Refusal(
            arguments: ["-"],
            input: "<hostdev mode='capability' type='misc'><source dev='/dev/zero'/><shareable/></hostdev>",
            message: "that it is shared"),
        Refusal(arguments: ["--usb", "0483:2016"], message: "a usb 0483:2016"),
        Refusal(arguments: ["--misc", "/dev/none"], status: 69, message: "there is no such file"),
        Refusal(
            arguments: ["--misc", "/dev/fuse", "--net", "eth1"], status: 1, message: "fuse:rw in DEVNODES already"),
    ])
    func isRefused(_ refusal: Refusal) throws {
        try Self.onHost {
            try sh("[ -e /dev/fuse ]")
            let result = try Program.run(
                ["attach", "openvz:101", "--config"] + refusal.arguments, input: refusal.input)
            #expect(result.status == refusal.status, "\(result)")
            #expect(result.errors.contains(refusal.message), "\(result)")
            #expect(try OpenVZHost.conf(101) == Self.conf)
            #expect(try sh("find \(OpenVZHost.locks) /etc/vz/conf -type f") == "/etc/vz/conf/101.conf\n")
        }
    }

    @Test func whatIsNotThere() throws {
        try Self.onHost {
            let none = try Program.run("attach", "openvz:102", "--net", "eth1", "--config")
            #expect(none.status == 69, "\(none)")
            let other = try Program.run("attach", "pid:1", "--net", "eth1", "--config")
            #expect(other.status == 64, "\(other)")
            #expect(other.errors.contains("has no configuration"))
            let detach = try Program.run("detach", "openvz:101", "--net", "eth1", "--config")
            #expect(detach.status == 69, "\(detach)")
            #expect(
                try Program.run("detach", "openvz:101", "--net", "eth1", "--config", "--if-attached").status == 0)
            try sh("ln -s ../conf/103.conf /etc/vz/names/gone")
            let gone = try Program.run("dumpxml", "openvz:gone", "--config")
            #expect(gone.status == 69, "\(gone)")
            #expect(gone.errors.contains("number 103, which has no conf any more"))
        }
    }

    /// A container that does not run: nothing is written when the running one was meant too.
    @Test func bothOrNeither() throws {
        try Self.onHost {
            try sh("ip link add eth1 type veth peer name p1")
            let result = try Program.run("attach", "openvz:101", "--net", "eth1", "--live", "--config")
            #expect(result.status == 69, "\(result)")
            #expect(try OpenVZHost.conf(101) == Self.conf)
            #expect(try sh("ip -br link show eth1").contains("eth1"))
        }
    }

    @Test func aDryRunWritesNothing() throws {
        try Self.onHost {
            let result = try Program.run("attach", "openvz:101", "--net", "eth1", "--config", "--dry-run")
            #expect(result.status == 0, "\(result)")
            #expect(result.output.contains("configure net eth1: in /etc/vz/conf/101.conf"))
            #expect(try OpenVZHost.conf(101) == Self.conf)
        }
    }

    @Test func keepsModeOwnerAndLink() throws {
        try Self.onHost {
            try sh(
                """
                mkdir -p /var/lib/vz/private/101
                mv /etc/vz/conf/101.conf /var/lib/vz/private/101/ve.conf
                ln -s /var/lib/vz/private/101/ve.conf /etc/vz/conf/101.conf
                chown 7:8 /var/lib/vz/private/101/ve.conf; chmod 0440 /var/lib/vz/private/101/ve.conf
                """)
            #expect(try Program.run("attach", "openvz:101", "--net", "eth1", "--config").status == 0)
            #expect(try OpenVZHost.conf(101) == Self.conf + "NETDEV=\"eth1\"\n")
            #expect(try sh("stat -c '%u:%g %a %F' /var/lib/vz/private/101/ve.conf") == "7:8 440 regular file\n")
            #expect(try sh("readlink /etc/vz/conf/101.conf") == "/var/lib/vz/private/101/ve.conf\n")
            try sh("mount --bind -o ro /var/lib/vz/private/101 /var/lib/vz/private/101")
            let readOnly = try Program.run("attach", "openvz:101", "--net", "eth2", "--config")
            #expect(readOnly.status == 1, "\(readOnly)")
            #expect(readOnly.errors.contains("Read-only file system"), "\(readOnly)")
        }
    }

    /// A lock of vzctl's: of a living process it is waited for, of a dead one or nobody it is removed.
    @Test func locks() throws {
        try Self.onHost {
            let holder = try RunningCommand(["sleep", "1000"])
            defer { holder.end() }
            let lock = "\(OpenVZHost.locks)/101.lck"
            try sh("printf '%s\\n\\n' \(holder.id) > \(lock)")
            let busy = try Program.run("attach", "openvz:101", "--net", "eth1", "--config", "--timeout", "0.1")
            #expect(busy.status == 75, "\(busy)")
            #expect(busy.errors.contains("process \(holder.id) holds \(lock)"))
            #expect(try OpenVZHost.conf(101) == Self.conf)
            let waiting = try Program.start("attach", "openvz:101", "--net", "eth1", "--config", "--timeout", "600")
            try until("ls -A \(OpenVZHost.locks) | grep -q hostdev || [ -e \(lock) ]")
            try sh("rm \(lock)")
            #expect(try waiting.wait().status == 0)
            for content in ["4194303\\n\\n", "rubbish", "", "0", "-1", "99999999999999999999"] {
                try sh("printf -- '\(content)' > \(lock)")
                #expect(try Program.run("detach", "openvz:101", "--all", "--config").status == 0)
                try OpenVZHost.configure(101, Self.conf)
                #expect(try sh("ls -A \(OpenVZHost.locks)") == "")
            }
        }
    }

    /// Many at once: no edit is lost.
    @Test func manyAtOnce() throws {
        try Self.onHost {
            // A dead one's lock, over which all of them come.
            try sh("echo 4194303 > \(OpenVZHost.locks)/101.lck")
            let names = (0..<20).map { "eth\($0)" }
            let start = { (verb: String) in
                try names.map {
                    try Program.start(verb, "openvz:101", "--net", $0, "--config", "--timeout", "600")
                }.map { try $0.wait() }
            }
            #expect(try start("attach").allSatisfy { $0.status == 0 })
            let conf = try OpenVZHost.conf(101)
            for name in names { #expect(conf.contains("\(name) ") || conf.contains("\(name)\""), "\(conf)") }
            #expect(try start("detach").allSatisfy { $0.status == 0 })
            #expect(try OpenVZHost.conf(101) == Self.conf)
            #expect(try sh("ls -A \(OpenVZHost.locks)") == "")
        }
    }

    /// Killed at any step: the old conf or the new one, and the next run is not in the dead one's way.
    @Test func killedAtEachStep() throws {
        try Self.onHost {
            var kills = 0
            for step in 1... {
                let result = try Program.run(
                    "attach", "openvz:101", "--net", "eth1", "--config", environment: ["HOSTDEV_KILL_AT": "\(step)"])
                let conf = try OpenVZHost.conf(101)
                #expect([Self.conf, Self.conf + "NETDEV=\"eth1\"\n"].contains(conf), "after step \(step)")
                let detach = try Program.run("detach", "openvz:101", "--net", "eth1", "--config", "--if-attached")
                #expect(detach.status == 0, "after step \(step): \(detach)")
                #expect(try OpenVZHost.conf(101) == Self.conf)
                if result.status == 0 { break }
                try #require(result.status == 128 + 9, "\(result)")
                kills += 1
            }
            #expect(kills >= 4)
            #expect(try Program.run("attach", "openvz:101", "--net", "eth1", "--config").status == 0)
            #expect(try sh("find \(OpenVZHost.locks) /etc/vz/conf -type f") == "/etc/vz/conf/101.conf\n")
        }
    }
}
