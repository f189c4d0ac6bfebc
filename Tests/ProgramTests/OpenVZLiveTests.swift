import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

/// Running containers as vzctl makes them on a kernel that is not OpenVZ's: a user namespace, the host's own devtmpfs as
/// `/dev`, a control group by their number, and a PID file that nobody removes.
@Suite struct OpenVZLiveTests {
    static let conf = "ONBOOT=\"yes\"\nDEVNODES=\"\"\n"

    static func onHost(_ body: (TestContainer) throws -> Void) throws {
        let group = "/sys/fs/cgroup/devices/hostdev-test-\(getpid())-openvz-\(UInt32.random(in: 0 ... .max))"
        try onThrowawayHost {
            // What stands for the host's devtmpfs is this test's own.
            try sh(
                """
                mkdir /run/dev
                cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /run/dev
                mount -t tmpfs -o mode=755 tmpfs /dev
                cp -a /run/dev/* /dev
                ln -s /proc/self/fd /dev/fd
                chmod 600 /dev/full
                mkdir -p \(group)/vz-101
                """)
            defer {
                // A process that was killed leaves its group only when it has gone.
                try? until("rmdir \(group)/vz-101 \(group) 2> /dev/null; ! [ -e \(group) ]")
            }
            try OpenVZHost.make()
            try OpenVZHost.configure(101, conf)
            try sh("ln -s /etc/vz/conf/101.conf /etc/vz/names/web")
            let container = try TestContainer(
                .init(userNamespace: true, groups: [FilePath("\(group)/vz-101")], hasHostDevices: true))
            defer { container.end() }
            try sh(
                """
                echo \(container.id) > /var/lib/vzctl/vepid/101
                mkdir -p /run/netns
                ln -s /proc/\(container.id)/ns/net /run/netns/101
                ip link add eth1 type veth peer name p1
                """)
            try body(container)
        }
    }

    @Test func movesAndConfigures() throws {
        try Self.onHost { container in
            let before = try sh("ls -lR --time-style=+%s.%N /dev")
            #expect(try container.run(["head", "-c1", "/dev/full"]).status != 0)
            let attach = try Program.run(
                "attach", "openvz:web", "--net", "eth1", "--misc", "/dev/full", "--live", "--config")
            #expect(attach.status == 0, "\(attach)")
            #expect(try container.sh("ip -br link show eth1").contains("UP"))
            #expect(try container.run(["head", "-c1", "/dev/full"]).status == 0)
            #expect(try container.sh("stat -c '%u %g' /dev/full") == "0 0\n")
            #expect(try sh("ls -lR --time-style=+%s.%N /dev") == before, "the host's own nodes are left alone")
            #expect(try OpenVZHost.conf(101) == "ONBOOT=\"yes\"\nDEVNODES=\"full:rw\" \nNETDEV=\"eth1\"\n")
            let list = try Program.run("list", "101")
            for state in ["attached", "configured"] { #expect(list.output.contains(state), "\(list)") }
            let detach = try Program.run(
                "detach", "101", "--net", "eth1", "--misc", "/dev/full", "--live", "--config")
            #expect(detach.status == 0, "\(detach)")
            #expect(try sh("ip -br link show eth1").contains("eth1"))
            #expect(try container.run(["head", "-c1", "/dev/full"]).status != 0)
            #expect(try sh("ls -lR --time-style=+%s.%N /dev") == before)
            #expect(try OpenVZHost.conf(101) == Self.conf)
        }
    }

    /// A staged control group of OpenVZ 7's, where a file stands for the kernel's: written at its beginning, and read.
    @Test func showsTheInterfaceInAStagedSysfs() throws {
        try Self.onHost { _ in
            try sh(
                """
                # The machine's own control groups, and one more beside them.
                mkdir /run/groups
                mount -t tmpfs tmpfs /run/groups
                for group in /sys/fs/cgroup/*/; do
                    mkdir /run/groups/$(basename $group)
                    mount --bind $group /run/groups/$(basename $group)
                done
                mkdir -p /run/groups/ve/101
                # sysfs shows the interfaces of the network namespace in which it is mounted.
                mkdir /run/sys
                mount -t sysfs sysfs /run/sys
                mount --rbind /run/groups /run/sys/fs/cgroup
                mount --rbind /run/sys /sys
                ip link add eth2 type veth peer name p2
                """)
            let file = "/sys/fs/cgroup/ve/101/ve.sysfs_permissions"
            // What it may see by itself is not given, nor taken.
            let set: (String) throws -> Void = { text in try sh("printf '\(text)' > \(file)") }
            try set("devices/ rx\\n")
            #expect(try Program.run("attach", "openvz:101", "--net", "eth1").status == 0)
            let first = try sh("cat \(file)")
            #expect(first == "devices/virtual rwx\ndevices/virtual/net rwx\n")
            // Another one under the same folders: they are needed as long as one of both is there.
            try set("devices/ rx\\ndevices/virtual/ rwx\\ndevices/virtual/net/ rwx\\n")
            #expect(try Program.run("attach", "openvz:101", "--net", "eth2").status == 0)
            try set("")
            #expect(try Program.run("detach", "openvz:101", "--net", "eth1").status == 0)
            #expect(try sh("cat \(file)") == "")
            #expect(try Program.run("detach", "openvz:101", "--net", "eth2").status == 0)
            #expect(try sh("cat \(file)") == "devices/virtual -\ndevices/virtual/net -\n")

            // Killed at any step: recovering takes away what may have been given.
            var kills = 0
            for step in 1... {
                try set("devices/ rx\\n")
                let result = try Program.run(
                    "attach", "openvz:101", "--net", "eth1", environment: ["HOSTDEV_KILL_AT": "\(step)"])
                let given = try sh("cat \(file)").contains("rwx")
                try set("")
                #expect(try Program.run("recover").status == 0, "after step \(step)")
                let isAttached = try Program.run("list", "openvz:101").output.contains("attached")
                if given, !isAttached {
                    #expect(try sh("cat \(file)") == "devices/virtual -\ndevices/virtual/net -\n", "after step \(step)")
                }
                if result.status == 0 { break }
                try #require(result.status == 128 + 9, "\(result)")
                kills += 1
                #expect(try Program.run("detach", "openvz:101", "--all", "--if-attached").status == 0)
            }
            #expect(kills > 6)
        }
    }

    /// What fails live is not written, and the other way round.
    @Test func bothOrNeither() throws {
        try Self.onHost { container in
            let live = try Program.run(
                "attach", "openvz:101", "--net", "eth1", "--net", "eth7", "--live", "--config")
            #expect(live.status == 69, "\(live)")
            #expect(try OpenVZHost.conf(101) == Self.conf)
            let config = try Program.run("attach", "openvz:101", "--net", "eth1:lan0", "--live", "--config")
            #expect(config.status == 65, "\(config)")
            #expect(try sh("ip -br link show eth1").contains("eth1"))
            #expect(try Program.run("attach", "openvz:101", "--net", "eth1", "--config").status == 0)
            let detach = try Program.run("detach", "openvz:101", "--net", "eth1", "--live", "--config")
            #expect(detach.status == 69, "\(detach)")
            #expect(try OpenVZHost.conf(101).contains("eth1"))
        }
    }

    /// An interface that the engine has moved itself comes home from where that has put it: under its name and down, and what
    /// is not known is said. Killed at any step, another run does the rest.
    @Test func whatItGotAtItsStart() throws {
        try Self.onHost { container in
            var kills = 0
            for step in 1... {
                try OpenVZHost.configure(101, Self.conf + "NETDEV=\"eth1\"\n")
                try sh("ip link set eth1 netns \(container.id)")
                try container.sh("ip link set eth1 up; ip addr add 192.0.2.66/24 dev eth1; ip link set eth1 alias ours")
                #expect(try Program.run("check", "--config").status == 0)
                let detach = ["detach", "openvz:101", "--net", "eth1", "--live", "--config"]
                let result = try Program.run(detach, environment: ["HOSTDEV_KILL_AT": "\(step)"])
                if result.status == 0 {
                    #expect(result.output == "detached eth1 from openvz:101\n")
                    #expect(result.errors.contains("came home down, without addresses"), "\(result)")
                } else {
                    try #require(result.status == 128 + 9, "\(result)")
                    kills += 1
                    #expect(try Program.run("recover").status == 0, "after step \(step)")
                    if try sh("ip -br link").contains("eth1") {
                        let rest = try Program.run("detach", "openvz:101", "--net", "eth1", "--config", "--if-attached")
                        #expect(rest.status == 0, "after step \(step): \(rest)")
                    } else {
                        let again = try Program.run(detach)
                        #expect(again.status == 0, "after step \(step): \(again)")
                    }
                }
                let link = try sh("ip addr show eth1")
                #expect(link.contains("state DOWN") && !link.contains("192.0.2.66"), "after step \(step): \(link)")
                #expect(!link.contains("alias"), "after step \(step): \(link)")
                #expect(try OpenVZHost.conf(101) == Self.conf, "after step \(step)")
                #expect(try sh("find /run/hostdev -type f") == "", "after step \(step)")
                if result.status == 0 { break }
            }
            #expect(kills > 6)
            // All of it, and not what is on the host.
            try OpenVZHost.configure(101, Self.conf + "NETDEV=\"eth1 eth7\"\n")
            try sh("ip link set eth1 netns \(container.id)")
            let all = try Program.run("detach", "openvz:101", "--all", "--live", "--config")
            #expect(all.status == 0, "\(all)")
            #expect(try sh("ip -br link").contains("eth1"))
            #expect(try OpenVZHost.conf(101) == Self.conf)
            // What the container may have made itself is not taken for it.
            try OpenVZHost.configure(101, Self.conf + "NETDEV=\"eth7\"\n")
            try container.sh("ip link add eth7 type ifb")
            let doubt = try Program.run("detach", "openvz:101", "--net", "eth7", "--live", "--config")
            #expect(doubt.status == 1, "\(doubt)")
            #expect(doubt.errors.contains("--force"), "\(doubt)")
            #expect(try OpenVZHost.conf(101).contains("eth7"))
        }
    }

    /// The PID file, the link and the control group stay when a container has ended.
    @Test func aStalePIDFile() throws {
        try Self.onHost { container in
            let attach = { try Program.run("attach", "openvz:101", "--net", "eth1") }
            let other = try RunningCommand(["sleep", "1000"])
            defer { other.end() }
            let stranger = try TestContainer()
            for (pid, reason) in [
                ("\(other.id)", "is no container's init"), ("\(stranger.id)", "not in the control group"),
                ("4194303", "no process"), ("rubbish", "does not hold the number"), ("", "does not hold the number"),
                ("0", "process 0"),
            ] {
                try sh("echo '\(pid)' > /var/lib/vzctl/vepid/101")
                let result = try attach()
                #expect(result.status == 69, "\(pid): \(result)")
                #expect(result.errors.contains(reason), "\(pid): \(result)")
                #expect(result.errors.contains("openvz:101"), "\(pid): \(result)")
            }
            try sh("rm /var/lib/vzctl/vepid/101")
            #expect(try attach().errors.contains("there is no /var/lib/vzctl/vepid/101"))
            #expect(!(try Program.run("containers").output.contains("openvz:101")))
            try sh("echo \(container.id) > /var/lib/vzctl/vepid/101")
            #expect(try Program.run("containers").output.contains("openvz:101"))
            #expect(try sh("ip -br link show eth1").contains("eth1"))
        }
    }

    /// The hook script, as vzctl runs it when a container has stopped.
    @Test func theHookTakesDevicesHome() throws {
        let hook = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .appending("examples/openvz/vps.umount").string
        try Self.onHost { container in
            #expect(try Program.run("attach", "openvz:101", "--net", "eth1:lan0").status == 0)
            container.end()
            let environment = ["VEID": "101", "VE_CONFFILE": "/etc/vz/conf/101.conf", "HOSTDEV": Program.path]
            let result = try run([hook], environment: environment)
            #expect(result.status == 0, "\(result)")
            #expect(result.errors == "")
            #expect(try sh("ip -br link show eth1").contains("eth1"))
            // Nothing is attached: no failure either.
            #expect(try run([hook], environment: environment).status == 0)
        }
    }
}
