import Glibc
import TestHost
import Testing

/// `--config` for LXC's containers: the program and a configuration, and a container of the real LXC that starts from it.
@Suite struct LXCConfigurationTests {
    private static let config = """
        # Common configuration
        lxc.include = /run/common.conf
        lxc.net.0.type = veth
        lxc.net.0.link = lxcbr0
        lxc.net.0.name = eth0
        lxc.cgroup2.devices.allow = c 1:3 rwm
        """ + "\n"
    private static let environment = ["LXC_PATH": LXCHost.path]

    private static func onHost(_ body: () throws -> Void) throws {
        try onThrowawayHost {
            try sh("printf 'lxc.net.2.type = phys\\nlxc.net.2.link = eth2\\n' > /run/common.conf")
            try LXCHost.configure("web", config)
            try body()
        }
    }

    private static func hostdev(_ arguments: String..., input: String = "", kill: Int? = nil) throws -> CommandResult {
        let kill = kill.map { ["HOSTDEV_KILL_AT": "\($0)"] } ?? [:]
        return try Program.run(arguments, input: input, environment: environment.merging(kill) { $1 })
    }

    private static let document = """
        <devices>
          <hostdev mode='capability'>
            <source name='eth1'/><target name='lan0'/><mac address='02:00:00:00:00:07'/><mtu size='1300'/>
            <ip address='192.0.2.7' prefix='24'/><ip address='2001:db8::7' prefix='64'/>
            <route address='default' gateway='192.0.2.1'/>
          </hostdev>
          <hostdev mode='capability' type='misc'><source dev='/dev/zero'/><target dev='/dev/nil'/><readonly/></hostdev>
        </devices>
        """

    @Test func isWrittenReadBackAndTakenBack() throws {
        try Self.onHost {
            let attach = try Self.hostdev("attach", "lxc:web", "-", "--config", input: Self.document)
            #expect(attach.status == 0, "\(attach)")
            #expect(
                try LXCHost.config("web") == Self.config + """
                    lxc.net.3.type = phys
                    lxc.net.3.link = eth1
                    lxc.net.3.name = lan0
                    lxc.net.3.flags = up
                    lxc.net.3.mtu = 1300
                    lxc.net.3.hwaddr = 02:00:00:00:00:07
                    lxc.net.3.ipv4.address = 192.0.2.7/24
                    lxc.net.3.ipv6.address = 2001:db8::7/64
                    lxc.net.3.ipv4.gateway = 192.0.2.1
                    lxc.cgroup.devices.allow = c 1:5 r
                    lxc.cgroup2.devices.allow = c 1:5 r
                    lxc.mount.entry = /dev/zero dev/nil none bind,optional,create=file

                    """)
            let dump = try Self.hostdev("dumpxml", "lxc:web", "--config")
            #expect(dump.status == 0, "\(dump)")
            #expect(dump.errors == "")
            let again = try Self.hostdev("attach", "lxc:web", "-", "--config", input: dump.output)
            #expect(again.status == 1, "\(again)")
            #expect(again.errors.contains("has eth2 in lxc.net.2 already"), "the included one comes first: \(again)")
            let list = try Self.hostdev("list", "web", "--config")
            for line in ["net   eth1    lan0      configured", "misc  zero    /dev/nil  configured"] {
                #expect(list.output.contains(line), "\(list)")
            }
            // What was read can be written, and is then what it was.
            let text = try LXCHost.config("web")
            try LXCHost.configure("other", "lxc.net.2.type = empty\n")
            let own = try Self.hostdev("dumpxml", "lxc:web", "--config").output.split(separator: "  <hostdev").filter {
                !$0.contains("eth2")
            }.joined(separator: "  <hostdev")
            #expect(try Self.hostdev("attach", "lxc:other", "-", "--config", input: own).status == 0)
            #expect(
                try LXCHost.config("other").split(separator: "\n").dropFirst()
                    == text.dropFirst(Self.config.count).split(separator: "\n")[...])

            let detach = try Self.hostdev("detach", "lxc:web", "--net", "lan0", "--misc", "/dev/zero", "--config")
            #expect(detach.status == 0, "\(detach)")
            #expect(try LXCHost.config("web") == Self.config)
            #expect(try sh("ls -A \(LXCHost.path)/web") == "config\n")
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var verb = "attach"
        let arguments: [String]
        var input = ""
        var status: Int32 = 1
        let message: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        Refusal(arguments: ["--net", "eth2"], message: "has eth2 in lxc.net.2 already"),
        Refusal(arguments: ["--net", "eth1:eth0"], message: "lxc.net.0 of the configuration is called eth0 already"),
        Refusal(arguments: ["--net", "eth1:lan%d"], status: 65, message: "a pattern for names"),
        Refusal(verb: "detach", arguments: ["--net", "eth2"], message: "stands in /run/common.conf"),
        Refusal(verb: "detach", arguments: ["--net", "eth1"], status: 69, message: "has no interface eth1"),
        Refusal(
            arguments: ["-"],
            input:
                "<hostdev mode='capability'><source name='eth1'/><route address='default' gateway='192.0.2.1'/></hostdev>",
            status: 65, message: "the route default"),
        Refusal(
            arguments: ["-"],
            input:
                "<hostdev mode='capability' type='misc'><source dev='/dev/zero'/><permissions mode='0600'/></hostdev>",
            status: 65, message: "permissions"),
        Refusal(arguments: ["--misc", "/dev/none"], status: 69, message: "there is no such file"),
        Refusal(arguments: ["--pci", "0000:00:03.0"], status: 65, message: "LXC's configuration cannot say a pci"),
    ])
    func isRefused(_ refusal: Refusal) throws {
        try Self.onHost {
            let result = try Program.run(
                [refusal.verb, "lxc:web", "--config"] + refusal.arguments, input: refusal.input,
                environment: Self.environment)
            #expect(result.status == refusal.status, "\(result)")
            #expect(result.errors.contains(refusal.message), "\(result)")
            #expect(try LXCHost.config("web") == Self.config)
        }
    }

    @Test func keepsModeOwnerAndLink() throws {
        try Self.onHost {
            let path = "\(LXCHost.path)/web/config"
            try sh("mv \(path) /run/real; ln -s /run/real \(path); chown 7:8 /run/real; chmod 0440 /run/real")
            #expect(try Self.hostdev("attach", "web", "--net", "eth1", "--config").status == 0)
            #expect(try sh("stat -c '%u:%g %a %F' /run/real; readlink \(path)") == "7:8 440 regular file\n/run/real\n")
            #expect(try LXCHost.config("web").contains("lxc.net.3.link = eth1"))
        }
    }

    /// The lock that LXC's library holds while it saves is waited for.
    @Test func theLockOfLXC() throws {
        try Self.onHost {
            let folder = "/run/lxc/lock\(LXCHost.path)"
            try sh("mkdir -p \(folder); : > \(folder)/.web")
            // fcntl(2), 37 is F_OFD_SETLK.
            let holder = try RunningCommand([
                "perl", "-e",
                """
                open(my $f, '+<', '\(folder)/.web') or die; my $l = pack('s s x4 q q i x4', 1, 0, 0, 0, 0);
                fcntl($f, 37, $l) or die "$!"; open(my $h, '>', '/run/held'); sleep 1000
                """,
            ])
            defer { holder.end() }
            try until("[ -e /run/held ]")
            let busy = try Self.hostdev("attach", "lxc:web", "--net", "eth1", "--config", "--timeout", "0.1")
            #expect(busy.status == 75, "\(busy)")
            #expect(try LXCHost.config("web") == Self.config)
            let waiting = try Program.start(
                "attach", "lxc:web", "--net", "eth1", "--config", "--timeout", "600", environment: Self.environment)
            holder.end()
            #expect(try waiting.wait().status == 0)
        }
    }

    /// What the next start would not give: an interface or a node that is not there, a rule with another number.
    @Test func isCompared() throws {
        try Self.onHost {
            try sh("ip link add eth1 type veth peer name p1; ip link add eth2 type veth peer name p2")
            try LXCHost.configure("web", Self.config + "lxc.cgroup2.devices.deny = a\n")
            let attach = try Self.hostdev("attach", "web", "--net", "eth1", "--misc", "/dev/zero", "--config")
            #expect(attach.status == 0, "\(attach)")
            #expect(try Self.hostdev("check", "web", "--config").status == 0)
            let text = try LXCHost.config("web")
            try LXCHost.configure(
                "web",
                text.replacing("c 1:5 rw", with: "c 1:7 rw") + "lxc.mount.entry = /dev/none dev/none none bind\n")
            try sh("ip link del eth1")
            let check = try Self.hostdev("check", "web", "--config")
            #expect(check.status == 2, "\(check)")
            #expect(
                check.output == """
                    lxc:web: eth1: interface is not on the host, not eth1
                    lxc:web: zero: rule is no rule for that number, not c 1:5
                    lxc:web: none: node is not on the host, not /dev/none

                    """)
            #expect(try Self.hostdev("check", "--config").status == 2)
        }
    }

    /// Many at once: no edit is lost.
    @Test func manyAtOnce() throws {
        try Self.onHost {
            let names = (10..<30).map { "eth\($0)" }
            func all(_ verb: String) throws -> [CommandResult] {
                try names.map {
                    try Program.start(
                        verb, "lxc:web", "--net", $0, "--config", "--timeout", "600", environment: Self.environment)
                }.map { try $0.wait() }
            }
            #expect(try all("attach").allSatisfy { $0.status == 0 })
            let config = try LXCHost.config("web")
            for name in names { #expect(config.contains(".link = \(name)\n"), "\(config)") }
            #expect(try all("detach").allSatisfy { $0.status == 0 })
            #expect(try LXCHost.config("web") == Self.config)
        }
    }

    /// Killed at any step: the old file or the new one, and the next run is not in the dead one's way.
    @Test func killedAtEachStep() throws {
        try Self.onHost {
            var kills = 0
            for step in 1... {
                let result = try Self.hostdev("attach", "lxc:web", "--net", "eth1", "--config", kill: step)
                let config = try LXCHost.config("web")
                #expect(config == Self.config || config.hasSuffix("lxc.net.3.flags = up\n"), "after step \(step)")
                let detach = try Self.hostdev("detach", "lxc:web", "--net", "eth1", "--config", "--if-attached")
                #expect(detach.status == 0, "after step \(step): \(detach)")
                #expect(try LXCHost.config("web") == Self.config)
                if result.status == 0 { break }
                try #require(result.status == 128 + 9, "\(result)")
                kills += 1
            }
            #expect(kills >= 4)
            #expect(try sh("ls -A \(LXCHost.path)/web") == "config\n")
        }
    }

    /// LXC itself starts a container from what was written: the interface is there, up and with its address, and the node
    /// can be used; both of it live as well, or neither.
    @Test func aRealContainerStartsFromIt() throws {
        let name = "hostdev-test-\(getpid())-lxc-config"
        try onThrowawayHost {
            try LXCHost.configure(name, LXCHost.config(named: name))
            let before = try LXCHost.config(name)
            try sh("ip link add eth1 type veth peer name p1; ip link add eth2 type veth peer name p2")
            let attach = try Self.hostdev("attach", "lxc:\(name)", "-", "--config", input: Self.document)
            #expect(attach.status == 0, "\(attach)")
            // A container that does not run: nothing is written when the running one was meant too.
            let neither = try Self.hostdev("attach", "lxc:\(name)", "--net", "eth2", "--live", "--config")
            #expect(neither.status == 69, "\(neither)")
            #expect(try !LXCHost.config(name).contains("eth2"))

            let container = try LXCHost.start(name)
            defer { container.stop() }
            let link = try container.sh("ip addr show lan0")
            for expected in ["UP", "mtu 1300", "02:00:00:00:00:07", "192.0.2.7/24", "2001:db8::7/64"] {
                #expect(link.contains(expected), "\(link)")
            }
            #expect(try container.sh("head -c1 /dev/nil > /tmp/byte && stat -c %s /tmp/byte") == "1\n")
            #expect(try container.sh("echo x 2> /dev/null > /dev/nil || echo denied") == "denied\n")

            let both = try Self.hostdev(
                "attach", "lxc:\(name)", "--net", "eth2", "--misc", "/dev/full", "--live", "--config")
            #expect(both.status == 0, "\(both)")
            #expect(try container.sh("ip link show eth2").contains("UP"))
            #expect(try LXCHost.config(name).contains("link = eth2"))
            let list = try Self.hostdev("list", "lxc:\(name)").output
            #expect(list.contains("attached") && list.contains("configured"), "\(list)")
            let back = try Self.hostdev(
                "detach", "lxc:\(name)", "--net", "eth2", "--misc", "/dev/full", "--live", "--config")
            #expect(back.status == 0, "\(back)")
            #expect(try Self.hostdev("detach", "lxc:\(name)", "--all", "--config").status == 0)
            #expect(try LXCHost.config(name) == before)
        }
    }

    /// A container that LXC has started with an interface of its configuration: no alarm, and it comes home from there; also
    /// where a record is left of the container that it was before.
    @Test func comesHomeFromWhereLXCPutIt() throws {
        let name = "hostdev-test-\(getpid())-lxc-moved"
        try onThrowawayHost {
            try LXCHost.configure(name, LXCHost.config(named: name))
            let before = try LXCHost.config(name)
            try sh("ip link add eth1 type veth peer name p1; ip link add eth2 type veth peer name p2")
            let attach = try Self.hostdev("attach", "lxc:\(name)", "--net", "eth1:lan0", "--config")
            #expect(attach.status == 0, "\(attach)")
            let first = try LXCHost.start(name)
            let check = try Self.hostdev("check", "lxc:\(name)", "--config")
            #expect(check.status == 0, "\(check)")
            let live = try Self.hostdev("attach", "lxc:\(name)", "--net", "eth2", "--live", "--config")
            #expect(live.status == 0, "\(live)")
            // Had back by somebody else, so that the record is out of date.
            try sh(
                """
                init=$(lxc-info -P \(LXCHost.path) -n \(name) -pH)
                nsenter --net=/proc/$init/ns/net ip link set eth2 netns $$
                """)
            first.stop()
            let second = try LXCHost.start(name)
            defer { second.stop() }
            for link in ["lan0", "eth2"] { #expect(try second.sh("ip link show \(link)").contains(link)) }
            // The record of the first container: LXC had its interface back, and has given it again.
            let recover = try Self.hostdev("recover")
            #expect(recover.status == 0, "\(recover)")
            #expect(try second.sh("ip link show eth2").contains("eth2"))
            #expect(try Self.hostdev("check", "--config").status == 0)
            let detach = try Self.hostdev(
                "detach", "lxc:\(name)", "--net", "eth1", "--net", "eth2", "--live", "--config")
            #expect(detach.status == 0, "\(detach)")
            #expect(try sh("ip -br link").contains("eth1") && sh("ip -br link").contains("eth2"))
            #expect(try LXCHost.config(name) == before)
        }
    }

    /// Each version's key where the host has that version, and none that LXC refuses.
    @Test(arguments: [
        ("5.0.2", "", ["lxc.cgroup.devices.allow", "lxc.cgroup2.devices.allow"]),
        ("7.0.0", "", ["lxc.cgroup2.devices.allow"]),
        ("12.1", "", ["lxc.cgroup2.devices.allow"]),
        ("rubbish", "", ["lxc.cgroup.devices.allow", "lxc.cgroup2.devices.allow"]),
        ("5.0.2", "mount -t cgroup2 cgroup2 /sys/fs/cgroup", ["lxc.cgroup2.devices.allow"]),
        ("5.0.2", "umount /sys/fs/cgroup/unified", ["lxc.cgroup.devices.allow"]),
    ])
    func keysOfRules(version: String, mounts: String, keys: [String]) throws {
        try Self.onHost {
            try sh(
                """
                # A fake of lxc-start, which says a version and does nothing else.
                mount -t tmpfs tmpfs /usr/local/sbin
                printf '#!/bin/sh\\necho \(version)\\n' > /usr/local/sbin/lxc-start
                chmod 755 /usr/local/sbin/lxc-start
                \(mounts)
                """)
            let attach = try Self.hostdev("attach", "web", "--misc", "/dev/zero", "--config")
            #expect(attach.status == 0, "\(attach)")
            let lines = try LXCHost.config("web").dropFirst(Self.config.count).split(separator: "\n")
            #expect(lines.dropLast().map { String($0) } == keys.map { "\($0) = c 1:5 rw" })
            let text = Self.config + "lxc.cgroup.devices.allow = c 1:5 rw\nlxc.cgroup2.devices.allow = c 1:5 rw\n"
            let refuses = version.hasPrefix("7") || version.hasPrefix("12")
            #expect(try Self.hostdev("detach", "web", "--misc", "/dev/zero", "--config").status == 0)
            #expect(try LXCHost.config("web") == Self.config)
            try LXCHost.configure("web", text + "lxc.mount.entry = /dev/zero dev/zero none bind,optional,create=file\n")
            let check = try Self.hostdev("check", "web", "--config")
            #expect(check.output.contains("lxc.cgroup.devices.allow: key is refused by LXC") == refuses, "\(check)")
            #expect(try Self.hostdev("detach", "web", "--misc", "/dev/zero", "--config").status == 0)
            #expect(try LXCHost.config("web") == Self.config, "both keys go")
        }
    }

    /// What the host does not have now is listed and taken out like all else, and its type is known by its rule.
    @Test func whatTheHostDoesNotHave() throws {
        try Self.onHost {
            let mount = "lxc.mount.entry = /dev/none dev/none none bind,optional,create=file\n"
            for (rule, type) in [("lxc.cgroup2.devices.allow = b 1:77 r\n", "storage"), ("", "misc")] {
                try LXCHost.configure("web", Self.config + rule + mount)
                let list = try Self.hostdev("list", "lxc:web", "--config")
                #expect(list.output.contains("\(type)") && list.output.contains("none"), "\(list)")
                let detach = try Self.hostdev("detach", "lxc:web", "--misc", "/dev/none", "--config")
                #expect(detach.output == "detached none from lxc:web\n", "\(detach)")
                #expect(try LXCHost.config("web") == Self.config)
            }
        }
    }

    /// Proxmox VE, of which a staged file stands for its own configuration.
    @Test func aStagedProxmox() throws {
        try onThrowawayHost {
            try OpenVZHost.make()
            try sh(
                """
                mkdir -p /etc/pve/lxc /var/lib/lxc/101
                printf 'net0: name=eth0,bridge=vmbr0\\n\\n[before]\\nnet0: name=eth0\\n' > /etc/pve/lxc/101.conf
                printf 'lxc.net.0.type = veth\\nlxc.net.0.name = eth0\\nlxc.net.4.type = phys\\nlxc.net.4.link = eth4\\n' \\
                    > /var/lib/lxc/101/config
                """)
            let files = { try sh("cat /etc/pve/lxc/101.conf /var/lib/lxc/101/config") }
            let before = try files()
            for (arguments, message) in [
                (["attach", "--net", "eth1:lan0"], "lxc.net.5.type: phys; lxc.net.5.link: eth1; lxc.net.5.name: lan0"),
                (["attach", "--net", "eth1", "--dry-run"], "from /etc/pve/lxc/101.conf"),
                (["detach", "--net", "eth4"], "take it out there: eth4 in lxc.net.4"),
            ] {
                let result = try Program.run([arguments[0], "lxc:101", "--config"] + arguments.dropFirst())
                #expect(result.status == 1, "\(result)")
                #expect(result.errors.contains(message), "\(result)")
                #expect(try files() == before)
            }
            #expect(try Program.run("list", "lxc:101", "--config").output.contains("eth4"))
        }
    }
}
