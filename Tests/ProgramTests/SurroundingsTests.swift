import LinuxSystem
import TestHost
import Testing

/// Where and how the program is started: it works there, or says what is missing and has changed nothing.
@Suite struct SurroundingsTests {
    /// What may be in the way of a state directory, made in a directory of its own.
    @Test func stateDirectories() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer")
            let container = try TestContainer()
            let cases: [(make: String, path: String, status: Int32)] = [
                ("ln -s nowhere state", "state", 1), ("ln -s nowhere state", "state/below", 1),
                ("touch state", "state", 1), ("touch state", "state/below/it", 1),
                ("ln -s other state; ln -s state other", "state", 1), ("mkdir state; touch state/locks", "state", 1),
                ("mkdir state; mount -t tmpfs -o ro none state", "state", 1),
                // What is no obstacle.
                ("mkdir other; ln -s other state", "state", 0), (":", "a/b/../c", 0), (":", "a//b/", 0),
            ]
            for (number, one) in cases.enumerated() {
                try sh("mkdir /run/\(number); cd /run/\(number); \(one.make)")
                for verb in [
                    ["attach", container.reference, "--net", "eth0"], ["detach", container.reference, "--all"],
                ] {
                    let result = try Program.run(verb + ["--state-dir", "/run/\(number)/\(one.path)"])
                    #expect(result.status == one.status, "\(one): \(result)")
                    #expect(one.status == 0 || result.errors.contains("--state-dir") && result.errors.contains("/run/"))
                }
                #expect(try sh("ip -br link show eth0") != "")
            }
            for path in ["", "state", "./state"] {
                #expect(
                    try Program.run("attach", container.reference, "--net", "eth0", "--state-dir", path).status == 64)
            }
        }
    }

    /// Behind what cannot be seen there may be records: to have none would be another answer.
    @Test(arguments: ["ln -s nowhere state", "touch state", "ln -s state state"])
    func whatCannotBeReadIsNotEmpty(make: String) throws {
        try onThrowawayHost {
            try sh("cd /run; \(make)")
            for verb in ["list", "check"] {
                let result = try Program.run(verb, "--state-dir", "/run/state")
                #expect(result.status == 1 && result.errors.contains("/run/state"), "\(result)")
            }
        }
    }

    @Test func whatChangesNothingMakesNoStateDirectory() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer")
            try sh("echo \"<hostdev mode='capability'><source name='eth0'/></hostdev>\" >/run/web.xml")
            let container = try TestContainer()
            let runs: [([String], Int32)] = [
                (["attach", container.reference, "--net", "eth0", "--dry-run"], 0),
                (["attach", container.reference, "--net", "eth7", "--dry-run"], 69),
                (["attach", container.reference, "/run/web.xml", "--misc", "/dev/zero", "--dry-run"], 0),
                (["detach", container.reference, "--net", "eth0", "--if-attached", "--dry-run"], 0),
                (["detach", container.reference, "--net", "eth0", "--dry-run"], 69),
                (["apply", container.reference, "/run/web.xml", "--dry-run"], 2),
                (["list"], 0), (["check"], 0), (["containers"], 0), (["doctor"], 0), (["nodedev", "list"], 0),
                (["dumpxml", container.reference], 0), (["list", container.reference], 0),
            ]
            for (arguments, status) in runs {
                let result = try Program.run(arguments + ["--state-dir", "/run/a/state"])
                #expect(result.status == status, "\(result)")
                #expect(try run(["test", "-e", "/run/a"]).status == 1, "\(arguments)")
            }
        }
    }

    /// What needs no container works without `/proc`; the rest says so, and takes no container for one that has ended.
    @Test func withoutProc() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer")
            try sh("echo \"<hostdev mode='capability'><source name='eth0'/></hostdev>\" >/run/web.xml")
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0").status == 0)
            let runs: [(String, Int32, String)] = [
                ("--version", 0, "0.1"), ("--help", 0, "USAGE"), ("help attach", 0, "USAGE"),
                ("validate /run/web.xml --format json", 0, "\"hostdevs\":1"), ("atach", 64, "Unexpected argument"),
                ("convert --to libvirt /run/web.xml", 0, "capabilities"), ("nodedev list", 0, "computer"),
                ("--generate-completion-script bash", 0, "hostdev"), ("list", 1, "/proc"), ("check", 1, "/proc"),
                ("containers", 1, "/proc"), ("recover", 1, "/proc"), ("watch --until-idle", 1, "/proc"),
                ("doctor", 1, "/proc"), ("attach pid:1 --net eth0", 1, "/proc"), ("detach pid:1 --all", 1, "/proc"),
                ("apply pid:1 /run/web.xml", 1, "/proc"), ("dumpxml pid:1", 1, "/proc"),
            ]
            for (arguments, status, says) in runs {
                let result = try run([
                    "unshare", "--mount", "sh", "-c", "umount -l /proc; exec \(Program.path) \(arguments)",
                ])
                #expect(result.status == status, "\(result)")
                #expect((result.output + result.errors).contains(says), "\(result)")
            }
            #expect(try Program.run("check").status == 0)
        }
    }

    /// What a caller may leave its children with, in the words of a shell.
    @Test func whatACallerLeaves() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer")
            let container = try TestContainer()
            let callers: [(String, Int32)] = [
                ("exec", 0), ("exec <&- >&- 2>&-; exec", 74), ("exec <&-; exec", 0), ("exec 2>&-; exec", 0),
                ("unset HOME PATH; exec", 0), ("umask 777; exec", 0), ("umask 0; exec", 0),
                ("mkdir /run/x; cd /run/x; rmdir /run/x; exec", 0), ("exec env -i", 0), ("exec -a ''", 0),
                ("ulimit -n 40; exec", 0), ("trap '' PIPE HUP TERM CHLD; exec", 0), ("cd /proc/self/fd; exec", 0),
            ]
            for (caller, status) in callers {
                func hostdev(_ arguments: String) throws -> CommandResult {
                    try run(["bash", "-c", "\(caller) \(Program.path) \(arguments)"])
                }
                let attach = try hostdev("attach \(container.reference) --net eth0:lan0 --misc /dev/zero --no-watch")
                #expect(attach.status == status, "\(attach)")
                #expect(try Program.run("check").status == 0)
                let detach = try hostdev("detach \(container.reference) --all")
                #expect(detach.status == status, "\(detach)")
                #expect(try sh("ip -br link show eth0; find /run/hostdev -type f").contains("eth0"))
            }
        }
    }

    @Test func withFewDescriptors() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer")
            let container = try TestContainer()
            for limit in [4, 5, 6, 8, 10, 12, 14] {
                let attach = try run([
                    "bash", "-c",
                    "ulimit -n \(limit); exec \(Program.path) attach \(container.reference) --net eth0 --no-watch",
                ])
                #expect([0, 1].contains(attach.status), "\(attach)")
                #expect(attach.status == 0 || attach.errors.contains("Too many open files"), "\(attach)")
                let detach = try Program.run("detach", container.reference, "--all")
                #expect(detach.status == (attach.status == 0 ? 0 : 69), "\(attach)\(detach)")
                #expect(try sh("ip -br link show eth0; find /run/hostdev -type f").split(separator: "\n").count == 1)
            }
        }
    }

    /// What is not said silently does nothing.
    @Test func aDocumentWithoutDevicesIsSaid() throws {
        try onThrowawayHost {
            let container = try TestContainer()
            for verb in ["attach", "detach"] {
                let result = try Program.run(verb, container.reference, "-", input: "<devices/>")
                #expect(result.status == 0)
                #expect(result.errors == "warning: - has no hostdevs: nothing is \(verb)ed\n")
            }
        }
    }

    @Test func aDeviceThatIsNamedTwiceIsNamed() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer; ip link property add dev eth0 altname other")
            let container = try TestContainer()
            for (devices, name) in [
                (["--misc", "/dev/zero", "--misc", "/dev/zero"], "/dev/zero"),
                (["--net", "eth0:a", "--net", "other:b"], "eth0"),
                (
                    ["--misc", "/dev/zero:/dev/a", "--misc", "/proc/self/root/dev/zero:/dev/b"],
                    "/proc/self/root/dev/zero"
                ),
            ] {
                let result = try Program.run(["attach", container.reference] + devices)
                #expect(result.status == 65 && result.errors.contains(name), "\(result)")
            }
        }
    }
}
