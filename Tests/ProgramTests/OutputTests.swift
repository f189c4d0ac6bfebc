import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

/// The work does not depend on who reads of it: it is finished, and the status says that nobody could be told.
@Suite struct OutputTests {
    /// Where a run's output goes, in the words of a shell.
    static let kinds = [
        ">/dev/full", ">&-", ">&- 2>&- <&-", ">/dev/full 2>/dev/full", "2>/dev/full >/dev/full --format json",
        ">&- --format json", "| true", "-v 2>/dev/full >/dev/full",
    ]

    /// The status of a run, and what it said on standard error, where that is not redirected.
    private func run(_ arguments: [String], _ kind: String) throws -> (status: Int32, errors: String) {
        let words = ([Program.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        // The reader has gone before the first byte comes.
        let script = kind == "| true" ? "{ sleep 0.1; \(words); } | true; exit ${PIPESTATUS[0]}" : "\(words) \(kind)"
        let result = try TestHost.run(["bash", "-c", script])
        return (result.status, result.errors)
    }

    @Test(arguments: kinds)
    func anAttachIsFinished(kind: String) throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer")
            let container = try TestContainer()
            let attach = try run(["attach", container.reference, "--net", "eth0:lan0", "--no-watch"], kind)
            #expect(attach.status == 74, "\(attach)")
            #expect(kind.contains("2>") || attach.errors.contains("the request was carried out"), "\(attach)")
            #expect(try Program.run("check").status == 0)
            #expect(try container.run(["ip", "link", "show", "lan0"]).status == 0)
            // A failure keeps its status and, where anybody reads it, its reason.
            let again = try run(["attach", container.reference, "--net", "eth7", "--no-watch"], kind)
            #expect(again.status == 69, "\(again)")
            #expect(kind.contains("2>") || again.errors.contains("the host has no interface eth7"), "\(again)")
            let detach = try run(["detach", container.reference, "--net", "eth0"], kind)
            #expect(detach.status == 74, "\(detach)")
            #expect(try sh("ip link show eth0") != "")
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    @Test(arguments: [">/dev/full", ">&- 2>&- <&-", "| true"])
    func everyVerbSaysIt(kind: String) throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer")
            try sh("echo \"<hostdev mode='capability'><source name='peer'/></hostdev>\" >/run/web.xml")
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0:lan0").status == 0)
            try container.sh("ip link set lan0 name lan1")
            for (arguments, status) in Self.verbs {
                // A watcher leaves when nothing is attached any more.
                if arguments[0] == "watch" {
                    let detach = try Program.run("detach", container.reference, "--all")
                    #expect(detach.status == 0, "\(detach)")
                }
                let result = try run(arguments.map { $0 == "CONTAINER" ? container.reference : $0 }, kind)
                #expect(result.status == status, "\(arguments) \(kind): \(result)")
            }
        }
    }

    static let verbs: [([String], Int32)] = [
        (["list", "--format", "json"], 74), (["list"], 74), (["check"], 2), (["dumpxml", "CONTAINER"], 74),
        (["containers"], 74), (["nodedev", "list"], 74), (["nodedev", "list", "--tree"], 74),
        (["nodedev", "dumpxml", "computer"], 74), (["doctor"], 74), (["recover", "--format", "json"], 74),
        (["validate", "/run/web.xml", "--format", "json"], 74), (["convert", "--to", "libvirt", "/run/web.xml"], 74),
        (["apply", "CONTAINER", "/run/web.xml", "--dry-run"], 2),
        (["detach", "CONTAINER", "--net", "eth0", "--dry-run"], 74),
        (["--version"], 74), (["--help"], 74), (["help", "attach"], 74),
        (["--generate-completion-script", "bash"], 74),
        (["atach"], 64), (["list", "nosuch:web"], 69),
        (["watch", "--until-idle", "--format", "json"], 74),
    ]

    /// A pipe that does not block, as programs with an event loop make them: it is waited for, and only who never reads
    /// misses what was said.
    @Test(arguments: [true, false])
    func aPipeThatDoesNotBlock(isRead: Bool) throws {
        try onThrowawayHost {
            try sh("mkfifo /run/pipe")
            let pipe = try FileDescriptor.open("/run/pipe", .readWrite, options: FileDescriptor.OpenOptions.nonBlocking)
            defer { try? pipe.close() }
            _ = fcntl(pipe.rawValue, F_SETPIPE_SZ, 4_096)
            let run = try RunningCommand([
                "bash", "-c", "exec \(Program.path) --generate-completion-script bash >&\(pipe.rawValue)",
            ])
            var text: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 512)
            let process = try ProcessDescriptor(run.id)
            var isAlive = true
            while isRead {
                if let count = unsafe try? buffer.withUnsafeMutableBytes({ try unsafe pipe.read(into: $0) }) {
                    text += buffer[..<count]
                } else if isAlive {
                    usleep(1_000)
                    isAlive = try process.isAlive
                } else {
                    break
                }
            }
            let result = try run.wait()
            #expect(result.status == (isRead ? 0 : 74), "\(result)")
            #expect(text.count > 4_096 || !isRead)
        }
    }
}

private let F_SETPIPE_SZ: CInt = 1_031
