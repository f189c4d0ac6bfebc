import FoundationEssentials
import Glibc
import TestHost
import Testing

/// Wi-Fi: a radio moves with all of its interfaces.
@Suite(.serialized) struct RadioTests {
    private static let document = """
        <hostdev mode='capability'>
          <source name='wlan0'/><target name='lan0'/><mac address='02:00:00:00:00:aa'/><ip address='198.51.100.7'/>
        </hostdev>
        """

    private func onHost(_ body: (_ phy: String, _ container: TestContainer, _ before: String) throws -> Void) throws {
        try onThrowawayHost {
            let phy = try TestRadio.makeWithMonitor()
            let container = try TestContainer()
            defer { container.end() }
            try body(phy, container, try TestRadio.dump())
        }
    }

    @Test func stationAndMonitorThereAndBack() throws {
        try onHost { phy, container, before in
            let attach = try Program.run("attach", container.reference, "-", input: Self.document)
            #expect(attach.status == 0, "\(attach)")
            let inside = try container.sh("iw dev; ip addr show dev lan0; ip addr show dev mon0")
            for part in [
                "Interface lan0", "Interface mon0", "type managed", "type monitor", "02:00:00:00:00:aa",
                "inet 198.51.100.7",
            ] { #expect(inside.contains(part), "\(part) in \(inside)") }
            #expect(try sh("iw dev") == "")
            #expect(try Program.run("list").output.contains("wlan0"))
            let check = try Program.run("check")
            #expect(check.status == 0, "\(check)")
            let detach = try Program.run("detach", container.reference, "--net", "mon0")
            #expect(detach.status == 0, "\(detach)")
            #expect(try TestRadio.changes(since: before) == "")
            #expect(try container.sh("iw dev") == "")
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// LXC moves the radio of a container's configuration itself: it comes home from there, with what else is on it.
    @Test func comesHomeFromWhereLXCPutIt() throws {
        let name = "hostdev-test-\(getpid())-lxc-radio"
        try onThrowawayHost {
            let phy = try TestRadio.makeWithMonitor()
            try LXCHost.configure(name, LXCHost.config(named: name))
            // LXC knows a radio by sysfs, which shows the network namespace for which it was mounted.
            try sh("mount -t sysfs sysfs /sys; mount -t cgroup2 cgroup2 /sys/fs/cgroup")
            let environment = ["LXC_PATH": LXCHost.path]
            let attach = try Program.run(
                ["attach", "lxc:\(name)", "--net", "wlan0:lan0", "--config"], environment: environment)
            #expect(attach.status == 0, "\(attach)")
            let container = try LXCHost.start(name)
            defer { container.stop() }
            #expect(try container.sh("ls /sys/class/net").contains("lan0"))
            let detach = try Program.run(
                ["detach", "lxc:\(name)", "--net", "wlan0", "--live", "--config"], environment: environment)
            #expect(detach.status == 0, "\(detach)")
            let home = try sh("iw dev; iw phy | grep Wiphy")
            for part in ["Interface wlan0", "Interface mon0", phy] { #expect(home.contains(part), "\(home)") }
            #expect(try Program.run("list").output == "")
        }
    }

    private static let mischief = [
        "ip link set lan0 down; ip link set lan0 name wlan9; ip link set mon0 name lan0",
        // Each other's names.
        "ip link set lan0 down; ip link set mon0 name x; ip link set lan0 name mon0; ip link set x name wlan0",
        // For an alternative name that the host has, the kernel refuses the move.
        "ip link property add dev mon0 altname taken; ip link property add dev lan0 altname taken2",
        "iw dev mon0 set type managed; ip link set mon0 address 02:00:00:00:00:99; ip link set mon0 up mtu 1300",
        "ip link set lan0 down; iw dev lan0 set type monitor; ip link set lan0 promisc on group 9 up",
        // Its own interfaces, under names of the host's.
        "ip link set mon0 name m; iw dev lan0 interface add mon0 type monitor; ip link add wlan0 type dummy",
        "for i in 1 2 3; do iw dev lan0 interface add taken$i type managed; done",
        // What iw(8) sets.
        "iw phy#$(iw dev lan0 info | sed -n 's/.*wiphy //p') set name mine; iw phy#$(iw dev lan0 info | sed -n 's/.*wiphy //p') set rts 500",
        "iw dev lan0 set power_save on",
        // Moved on to where the container cannot be asked.
        """
        unshare -n sleep 1000 > /dev/null 2>&1 &
        while [ $(readlink /proc/$!/ns/net) = $(readlink /proc/self/ns/net) ]; do :; done
        iw phy#$(iw dev lan0 info | sed -n 's/.*wiphy //p') set netns $!
        """,
        // What it removes is made again.
        "iw dev mon0 del", "iw dev lan0 del; iw dev mon0 interface add lan0 type monitor",
        "iw dev lan0 del; iw dev mon0 del",
    ]

    /// What a container does to a radio is undone: by its own number on the radio an interface is known.
    @Test func whatAContainerDoesIsUndone() throws {
        try onHost { _, container, _ in
            try sh("ip link add taken type dummy; ip link add taken2 type dummy")
            let others = "ip -o link | cut -d: -f2 | sort; cat /proc/net/dev | wc -l"
            let names = try sh(others)
            let before = try TestRadio.dump()
            for script in Self.mischief {
                let attach = try Program.run("attach", container.reference, "-", input: Self.document)
                #expect(attach.status == 0, "\(script): \(attach)")
                try container.sh(script)
                let detach = try Program.run("detach", container.reference, "--all")
                #expect(detach.status == 0, "\(script): \(detach)")
                #expect(try TestRadio.changes(since: before) == "", "\(script)")
                #expect(try sh(others) == names, "\(script)")
                try container.sh("ip link del wlan0 2> /dev/null || true")
            }
        }
    }

    @Test func aMonitorComesBackToItsChannel() throws {
        try onHost { _, container, _ in
            try sh("ip link set wlan0 down; iw dev mon0 set channel 6")
            #expect(try Program.run("attach", container.reference, "--net", "wlan0").status == 0)
            try container.sh("ip link set wlan0 down; ip link set mon0 up; iw dev mon0 set channel 3")
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            #expect(try sh("iw dev mon0 info").contains("channel 6 "))
        }
    }

    /// A container that never stops working against the return.
    @Test func aContainerThatWorksAgainstIt() throws {
        try onHost { _, container, before in
            try sh("ip link add taken type dummy")
            #expect(try Program.run("attach", container.reference, "-", input: Self.document).status == 0)
            try container.sh(
                """
                (while :; do
                    for i in $(iw dev | sed -n 's/.*Interface //p'); do
                        ip link property add dev $i altname taken
                        iw dev $i interface add mon$$ type monitor
                        ip link set $i name m$(date +%N)
                        ip link set $i up
                    done
                done) > /dev/null 2>&1 &
                """)
            let detach = try Program.run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            #expect(try TestRadio.changes(since: before) == "")
        }
    }

    /// The kernel gives an interface another number, or another name, where its own is taken.
    @Test func numbersAndNamesThatAreTaken() throws {
        try onHost { phy, container, before in
            let index = try sh("cat /proc/net/if_inet6 | grep -w wlan0 | head -1 | cut -d' ' -f2")
            let number = try #require(Int(index.trimmed, radix: 16))
            try container.sh("ip link add wlan0 index \(number) type dummy")
            #expect(try Program.run("attach", container.reference, "-", input: Self.document).status == 0)
            let inside = try container.sh("ip -o link show dev lan0").split(separator: ":")[0]
            #expect(Int(inside) != number)
            #expect(try Program.run("list", "--format", "json").output.contains("\"ifindex\":\(inside)"))
            let check = try Program.run("check")
            #expect(check.status == 0, "\(check)")
            try sh("ip link add dummy0 index \(number) type dummy")
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try sh("ip -o link show dev wlan0").split(separator: ":")[0] != "\(number)")
            #expect(try TestRadio.changes(since: before) == "")
        }
    }

    /// What cannot work is refused before anything is changed.
    @Test func refusals() throws {
        try onHost { phy, container, before in
            func refused(_ document: String, _ code: String, _ part: String) throws {
                let result = try Program.run(
                    "attach", container.reference, "-", "--format", "json", input: document)
                let error = try decode(ErrorDocument.self, result).error
                #expect(error.code == code && error.message.contains(part), "\(error)")
                #expect(try TestRadio.changes(since: before) == "")
                #expect(try container.sh("iw dev") == "")
            }
            try refused(
                Self.document.replacing("name='lan0'", with: "name='mon0'"), "name-taken", "mon0 goes along with wlan0")
            let other = "<hostdev mode='capability'><source name='mon0'/></hostdev>"
            let both = "<devices>\(Self.document + other)</devices>"
            try refused(both, "invalid-document", "are one device: the radio of")
            try container.sh("ip link add x type dummy; ip link property add dev x altname mon0")
            try refused(Self.document, "name-taken", "which answers to mon0: mon0 goes along with wlan0")
            try container.sh("ip link del x")
            let second = "<hostdev mode='capability'><source name='taken'/><target name='mon0'/></hostdev>"
            try sh("ip link add taken type dummy")
            for list in [second + Self.document, Self.document + second] {
                try refused("<devices>\(list)</devices>", "name-taken", "mon0")
            }
            try sh("ip link del taken")
            // In the middle, too.
            try refused(
                Self.document.replacing(
                    "</hostdev>", with: "<route address='default' gateway='203.0.113.1'/></hostdev>"),
                "kernel", "add route")
        }
    }

    /// An interface in use that would only go along is not taken away by the way.
    @Test func aCompanionInUse() throws {
        try onHost { phy, container, _ in
            try sh("ip addr add 10.0.0.1/8 dev mon0")
            let before = try TestRadio.dump()
            let refused = try Program.run("attach", container.reference, "-", input: Self.document)
            #expect(
                refused.status == 75 && refused.errors.contains("would go along with wlan0, on the same radio \(phy)"),
                "\(refused)")
            let plan = try Program.run("attach", container.reference, "-", "--force", "--dry-run", input: Self.document)
            #expect(plan.output.contains("move mon0: along with wlan0, on the same radio \(phy)"), "\(plan)")
            #expect(try TestRadio.changes(since: before) == "")
            #expect(try Program.run("attach", container.reference, "-", "--force", input: Self.document).status == 0)
            let second = try Program.run("attach", container.reference, "--net", "mon0")
            #expect(second.errors.contains("wlan0 is attached to \(container.reference)"), "\(second)")
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try TestRadio.changes(since: before) == "")
        }
    }

    @Test func aNameThatTheHostHasGivenAway() throws {
        try onHost { phy, container, before in
            #expect(try Program.run("attach", container.reference, "-", input: Self.document).status == 0)
            try sh("ip link add mon0 type dummy")
            let refused = try Program.run("detach", container.reference, "--all")
            #expect(refused.status != 0 && refused.errors.contains("another interface mon0"), "\(refused)")
            let forced = try Program.run("detach", container.reference, "--all", "--force")
            #expect(forced.errors.contains("mon0"), "\(forced)")
            // Under whatever name, it is at home, and wlan0 as it was.
            #expect(try sh("iw dev").contains("type monitor"))
            #expect(try sh("ip -details link show dev wlan0") == sh("ip -details link show dev roof"))
            #expect(try container.sh("iw dev") == "")
        }
    }

    /// With a container's death the kernel gives a radio to the machine's first network namespace; the pin prevents that.
    @Test(arguments: [false, true])
    func comesHomeFromADeadContainer(withUserNamespace: Bool) throws {
        try onThrowawayHost {
            _ = try TestRadio.makeWithMonitor()
            let before = try TestRadio.dump()
            let container = try TestContainer(.init(userNamespace: withUserNamespace))
            let attach = try Program.run("attach", container.reference, "-", input: Self.document)
            #expect(attach.status == 0, "\(attach)")
            try container.sh("ip link set lan0 down; ip link set lan0 name gone0")
            container.end()
            let recover = try Program.run("recover")
            #expect(recover.status == 0, "\(recover)")
            #expect(try TestRadio.changes(since: before) == "")
        }
    }

    @Test func twoRadiosAreOneTransaction() throws {
        try onThrowawayHost {
            _ = try TestRadio.make(2)
            let container = try TestContainer()
            let look = "iw dev | sed '/txpower/d'; ip link | sed 's/qdisc [a-z]*//'"
            let before = try sh(look)
            let document =
                "<devices><hostdev mode='capability'><source name='wlan0'/></hostdev>"
                + "<hostdev mode='capability'><source name='wlan1'/><target name='lan1'/>ROUTE</hostdev></devices>"
            let failed = try Program.run(
                "attach", container.reference, "-",
                input: document.replacing("ROUTE", with: "<route address='default' gateway='203.0.113.1'/>"))
            #expect(failed.status != 0)
            #expect(try sh(look) == before)
            let attach = try Program.run(
                "attach", container.reference, "-", input: document.replacing("ROUTE", with: ""))
            #expect(attach.status == 0, "\(attach)")
            #expect(try container.sh("iw dev wlan0 info; iw dev lan1 info").contains("type managed"))
            let detach = try Program.run("detach", container.reference, "--net", "wlan0")
            #expect(detach.status == 0, "\(detach)")
            #expect(try container.sh("iw dev").contains("lan1"))
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try sh(look) == before)
        }
    }

    @Test func checkNamesEachDrift() throws {
        try onHost { phy, container, before in
            #expect(try Program.run("attach", container.reference, "-", input: Self.document).status == 0)
            try container.sh("ip link set lan0 down; iw dev lan0 set type monitor; iw dev mon0 del")
            let check = try Program.run("check")
            #expect(check.status == 2, "\(check)")
            for part in ["managed", "mon0, monitor", "removed"] { #expect(check.output.contains(part), "\(check)") }
        }
    }

    @Test func killedAtEachStep() throws {
        try onHost { phy, container, before in
            for verb in ["attach", "detach"] {
                var kills = 0
                // At every third step: each costs seconds here, and most steps are those of any interface.
                for step in stride(from: 1, to: 200, by: 3) {
                    if verb == "detach" {
                        #expect(try Program.run("attach", container.reference, "-", input: Self.document).status == 0)
                        try container.sh("iw dev mon0 del; ip link set lan0 down; iw dev lan0 set type monitor")
                        try container.sh("iw dev lan0 interface add mon0 type managed")
                    }
                    let rest = verb == "attach" ? ["-"] : ["--all"]
                    let result = try Program.run(
                        [verb, container.reference] + rest, input: Self.document,
                        environment: ["HOSTDEV_KILL_AT": "\(step)"])
                    if result.status == 0 { break }
                    try #require(result.status == 128 + 9, "\(result)")
                    kills += 1
                    let recover = try Program.run("recover")
                    #expect(recover.status == 0, "\(verb) \(step): \(recover)")
                    // Killed after it had come about.
                    if try sh("find /run/hostdev/attachments -type f") != "" {
                        #expect(try Program.run("detach", container.reference, "--all").status == 0)
                    }
                    #expect(try TestRadio.changes(since: before) == "", "\(verb) \(step)")
                    #expect(try sh("find /run/hostdev -type f; iw dev | grep -c Interface") == "2\n", "\(verb) \(step)")
                }
                #expect(kills >= 4, "\(verb)")
                _ = try Program.run("detach", container.reference, "--all", "--if-attached")
            }
        }
    }
}

extension String {
    var trimmed: String { split(whereSeparator: \.isWhitespace).joined() }
}
