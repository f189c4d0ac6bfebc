import TestHost
import Testing

/// Whatever is wrong in the state directory is said by every verb, and stops none: the container whose record cannot be read
/// keeps its device until the record is put right, and all others go on.
@Suite struct UnreadableRecordTests {
    /// What happens to a record: a shell's line, with its path in `$r` and its transaction's in `$t`.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let script: String

        static let all = [
            Damage(testDescription: "cut off", script: "head -c 300 $r.good > $r"),
            Damage(testDescription: "empty", script: ": > $r"),
            Damage(testDescription: "rubbish", script: "head -c 5000 /dev/urandom > $r"),
            Damage(testDescription: "a directory", script: "rm $r; mkdir $r"),
            Damage(testDescription: "a directory with something in it", script: "rm $r; mkdir -p $r/x"),
            Damage(testDescription: "a FIFO", script: "rm $r; mkfifo $r"),
            Damage(testDescription: "a link to a record", script: "rm $r; ln -s $r.good $r"),
            Damage(testDescription: "a link to nowhere", script: "rm $r; ln -s nowhere $r"),
            Damage(testDescription: "too large", script: "truncate -s 100M $r"),
            Damage(
                testDescription: "another version", script: "sed -E \"s/ version='[0-9]+'/ version='9'/\" $r.good > $r"),
            Damage(testDescription: "another document", script: "sed 's/attachment/domain/g' $r.good > $r"),
            Damage(
                testDescription: "another's",
                script: "sed -E 's/ id=.[0-9a-f]{16}./ id=\"0123456789abcdef\"/' $r.good > $r"),
            Damage(
                testDescription: "a way out",
                script: "sed -E 's/transaction=.[0-9a-f]+./transaction=\"..\"/' $r.good > $r"),
            Damage(
                testDescription: "number 0",
                script: "sed -E 's/<interface index=.[0-9]+./<interface index=\"0\"/' $r.good > $r"),
            Damage(testDescription: "a transaction that is a directory", script: "mkdir $t"),
            Damage(testDescription: "a transaction that is a link", script: "ln -s nowhere $t"),
        ]
    }

    private func expect(
        _ status: Int32, _ arguments: String..., mentions: String = "", under damage: String
    ) throws {
        let result = try Program.run(arguments)
        #expect(result.status == status, "\(damage): \(result)")
        #expect((result.output + result.errors).contains(mentions), "\(damage): \(result)")
    }

    @Test func everyVerbGoesOn() throws {
        try onThrowawayHost {
            try sh(
                """
                ip link add eth0 type veth peer name p0; ip addr add 192.0.2.1/24 dev eth0
                ip link add eth1 type veth peer name p1; ip addr add 192.0.2.2/24 dev eth1
                """)
            let (bad, good) = (try TestContainer(), try TestContainer())
            #expect(try Program.run("attach", bad.reference, "--net", "eth0").status == 0)
            let path = try sh("ls /run/hostdev/attachments/*.xml").split(separator: "\n")[0]
            let names = """
                r=\(path); t=/run/hostdev/transactions/$(sed -E "s/.* transaction=.([0-9a-f]+).*/\\1/; q" $r.good)
                """
            try sh("cp \(path) \(path).good")
            for damage in Damage.all {
                let name = damage.testDescription
                try sh("\(names); \(damage.script)")
                // Who attaches reads what is about the container and the devices, and what is no record at a glance.
                try expect(0, "attach", good.reference, "--misc", "/dev/zero", "--net", "eth1", under: name)
                try expect(0, "list", mentions: "\(path)", under: name)
                let list = try Program.run("list", "--format", "json")
                #expect(
                    list.output.contains("\"unreadable\":\"\(path)\"") && list.output.contains("\"eth1\""), "\(list)")
                try expect(2, "check", mentions: "\(path)", under: name)
                try expect(1, "recover", mentions: "\(path)", under: name)
                try expect(0, "detach", good.reference, "--misc", "/dev/zero", under: name)
                try sh("printf '<hostdev mode=\"capability\"><source name=\"eth1\"/></hostdev>' > /run/document")
                try expect(0, "apply", good.reference, "/run/document", under: name)
                try expect(0, "dumpxml", good.reference, mentions: "eth1", under: name)
                try expect(0, "containers", under: name)
                try expect(0, "doctor", mentions: "\(path)", under: name)
                // Nothing is said to be free, or not attached, that may be in that container.
                #expect(try Program.run("attach", good.reference, "--net", "eth0").status == 69)
                for flag in ["--all", "--if-attached"] {
                    let detach = try Program.run("detach", bad.reference, "--net", "eth0", flag)
                    #expect(detach.status != 0, "\(name): \(detach)")
                }
                #expect(try Program.run("detach", good.reference, "--net", "eth1").status == 0)
                try bad.sh("ip link show eth0")

                try expectWatcher(path: String(path), name)
                try sh("\(names); [ ! -e $t -a ! -L $t ] || rm -r $t; rm -r $r; cp $r.good $r")
            }
            try sh("rm \(path).good")
            try expect(0, "recover", under: "put right")
            #expect(try Program.run("detach", bad.reference, "--net", "eth0").status == 0)
            #expect(try sh("ip addr show eth0").contains("192.0.2.1"))
            try expectNothingLeft()
        }
    }

    /// A watcher says it once, does the rest, and leaves when that is done, or when it is told to.
    private func expectWatcher(path: String, _ damage: String) throws {
        let ending = try TestContainer()
        #expect(try Program.run("attach", ending.reference, "--net", "eth1").status == 0)
        ending.end()
        let idle = try run(["timeout", "60", Program.path, "watch", "--until-idle"])
        #expect(idle.status == 0, "\(damage): \(idle)")
        #expect(idle.output.contains("detached eth1"), "\(damage): \(idle)")
        #expect(idle.errors.split(separator: "\n").filter { $0.contains(path) }.count == 1, "\(damage): \(idle)")
        let watch = try Program.start("watch")
        try until("grep -q '\(path)' /proc/\(watch.id)/fd/2")
        try sh("kill -TERM \(watch.id)")
        #expect(try watch.wait().status == 0)
    }

    /// What somebody, or a killed run, has left in the folders: what is ours goes, the rest is left alone.
    @Test(arguments: [
        ("transactions/0123456789abcdef.new", "file", true), ("attachments/0123456789abcdef.xml.new", "file", true),
        ("transactions/0123456789abcdef", "file", true), ("transactions/0123456789abcdef", "directory", false),
        ("transactions/stray", "file", false), ("transactions/stray", "directory", false),
        ("attachments/stray", "file", false), ("attachments/0123456789abcdef.xml.new", "directory", false),
        ("attachments/stray", "fifo", false), ("namespaces/stray", "file", false), ("locks/stray", "directory", false),
        ("locks/stray", "link", false), ("stray", "directory", false), ("transactions/0123456789abcdef", "fifo", false),
    ])
    func leftovers(_ path: String, kind: String, goes: Bool) throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name p0")
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--net", "eth0").status == 0)
            let make = ["file": ": >", "directory": "mkdir", "fifo": "mkfifo", "link": "ln -s nowhere"][kind] ?? ""
            try sh("\(make) /run/hostdev/\(path)")
            for verb in [["list"], ["check"], ["recover"], ["doctor"]] {
                let result = try Program.run(verb)
                #expect(result.status == 0, "\(result)")
            }
            #expect(
                try sh("[ -e /run/hostdev/\(path) -o -L /run/hostdev/\(path) ] && echo there || true").isEmpty == goes)
            container.end()
            let watch = try run(["timeout", "60", Program.path, "watch", "--until-idle"])
            #expect(watch.status == 0 && watch.output.contains("detached eth0"), "\(watch)")
            #expect(try Program.run("recover").status == 0)
        }
    }
}
