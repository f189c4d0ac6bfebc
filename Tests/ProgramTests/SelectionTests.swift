import TestHost
import Testing

/// Which of a container's devices a name means: the host's before the container's, and one alone.
@Suite struct SelectionTests {
    struct Story: Sendable, CustomTestStringConvertible {
        /// What is attached, one run after the other, and what is done on the host or in the container before the next.
        let attach: [String]
        let then: String
        let detach: [String]
        /// What is left, by the names in the container as they were at attach, or the refusal's status.
        let left: [String]
        var status: Int32 = 0
        var testDescription: String { "\(attach) \(then) \(detach)" }

        init(
            _ attach: [String], then: String = ":", detach: [String], left: [String], status: Int32 = 0
        ) {
            self.attach = attach
            self.then = then
            self.detach = detach
            self.left = left
            self.status = status
        }
    }

    @Test(arguments: [
        // The host's name goes first.
        Story(["eth1:eth2", "eth2:eth1"], detach: ["--net", "eth1"], left: ["eth1"]),
        Story(["eth1:eth2", "eth2:eth1"], detach: ["--net", "eth2"], left: ["eth2"]),
        Story(["eth1:eth2", "eth2:eth1"], detach: ["--net", "eth1", "--net", "eth2"], left: []),
        Story(["eth1:a", "eth2:eth1"], detach: ["--net", "eth1"], left: ["eth1"]),
        // Two ways to mean one.
        Story(["eth1:a", "eth2:b"], detach: ["--net", "eth1", "--net", "a"], left: ["b"]),
        Story(["eth1:a", "eth2:b"], detach: ["--net", "b"], left: ["a"]),
        // The same name on the host, one after the other.
        Story(
            ["eth1:a", "ip link set eth2 name eth1", "eth1:b"], detach: ["--net", "eth1"], left: ["a", "b"], status: 64),
        // The container gives the names of two to each other: the one that was given and the one that it has now differ.
        Story(
            ["eth1:a", "eth2:b"],
            then: "for n in a=c b=a c=b; do inside ip link set dev ${n%=*} name ${n#*=}; done",
            detach: ["--net", "a"], left: ["a", "b"], status: 64),
        Story(["eth1:a", "eth2:b"], then: "inside ip link set dev a name c", detach: ["--net", "c"], left: ["b"]),
        Story(["eth1:a"], detach: ["--net", "none"], left: ["a"], status: 69),
        Story(["eth1:a", "eth2:b"], detach: ["--id", "0000000000000000"], left: ["a", "b"], status: 69),
        // Names that Swift takes for equal, on the host, inside, and as alternative names.
        Story(["\u{E9}:a", "e\u{301}:b"], detach: ["--net", "\u{E9}"], left: ["b"]),
        Story(["\u{E9}:a", "e\u{301}:b"], detach: ["--net", "e\u{301}"], left: ["a"]),
        Story(["eth1:\u{E9}", "eth2:e\u{301}"], detach: ["--net", "e\u{301}"], left: ["\u{E9}"]),
        Story(["eth1:a", "eth2:b"], detach: ["--net", "alt\u{E9}"], left: ["b"]),
        Story(["eth1:a", "eth2:b"], detach: ["--net", "alte\u{301}"], left: ["a"]),
        Story(["\u{E9}:e\u{301}", "e\u{301}:\u{E9}"], detach: ["--net", "\u{E9}"], left: ["\u{E9}"]),
        Story(
            ["eth1:a"], then: "inside ip link set dev a name '\u{E9}'", detach: ["--net", "e\u{301}"], left: ["a"],
            status: 69),
        // A letter of another alphabet that Swift takes for a K.
        Story(["K:a", "\u{212A}:b"], detach: ["--net", "K"], left: ["b"]),
    ])
    func interfaces(story: Story) throws {
        try onThrowawayHost {
            try sh(
                """
                for n in eth1 eth2 K '\u{212A}' '\u{E9}' 'e\u{301}'; do i=$((i + 1)); ip link add "$n" type veth peer name p$i; done
                ip link property add dev eth1 altname other1
                ip link property add dev eth1 altname 'alt\u{E9}'
                ip link property add dev eth2 altname 'alte\u{301}'
                """)
            let container = try TestContainer()
            func shell(_ script: String) throws {
                try sh("inside() { nsenter --target \(container.id) --net \"$@\"; }; \(script)")
            }
            for device in story.attach {
                if device.contains(" ") {
                    try shell(device)
                } else {
                    let result = try Program.run("attach", container.reference, "--net", device)
                    #expect(result.status == 0, "\(result)")
                }
            }
            try shell(story.then)
            let detach = try Program.run(["detach", container.reference] + story.detach)
            #expect(detach.status == story.status, "\(detach)")
            let left = try decode(Listed.self, Program.run("list", "--format", "json")).attachments
            #expect(
                left.map { Array($0.target.name.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
                    == story.left.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
            if story.status == 64 {
                // All that may be meant, with what tells them apart; and that does.
                for one in left { #expect(detach.errors.contains("--id \(one.id)"), "\(detach)") }
            }
            for one in left {
                // Two may come home to one name.
                _ = try run(["ip", "link", "set", "dev", "eth1", "name", "old"])
                #expect(try Program.run("detach", container.reference, "--id", one.id, "--force").status == 0)
            }
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// Names that are no text at all.
    @Test func namesThatAreNoText() throws {
        try onThrowawayHost {
            try sh(
                #"""
                a=$(printf 'e\351'); b=$(printf 'e\350'); ip link add "$a" type veth; ip link add "$b" type veth
                ip link add eth0 type veth; ip link property add dev eth0 altname "$(printf 'alt\377')"
                """#)
            let container = try TestContainer()
            func run(_ verb: String, _ option: String) throws -> CommandResult {
                let watch = verb == "attach" ? "--no-watch" : ""
                return try TestHost.run([
                    "sh", "-c",
                    "exec \(Program.path) \(verb) \(container.reference) \(watch) --net \"$(printf '\(option)')\"",
                ])
            }
            for name in [#"e\351"#, #"e\350:x\370"#, #"alt\377"#] {
                let attach = try run("attach", name)
                #expect(attach.status == 0, "\(attach)")
            }
            #expect(try Program.run("check").status == 0)
            #expect(try Program.run("attach", container.reference, "--net", "e\u{FFFD}").status == 69)
            // The document that says what it has leads to the same.
            let document = try Program.run("dumpxml", container.reference)
            #expect(document.status == 0, "\(document)")
            let same = try Program.run("apply", container.reference, "-", "--dry-run", input: document.output)
            #expect(same.status == 0, "\(same)")
            #expect(try Program.run("detach", container.reference, "--net", "e\u{FFFD}").status == 69)
            let detach = try run("detach", #"e\350"#)
            #expect(detach.status == 0, "\(detach)")
            let names = try container.sh("ls /sys/class/net 2>/dev/null || ip -o link | cut -d: -f2 | od -An -tx1")
            #expect(names.contains("65 e9") && !names.contains("78 f8"), "\(names)")
            #expect(try run("detach", #"alt\377"#).status == 0)
            #expect(try run("detach", #"e\351"#).status == 0)
            #expect(try sh("ip -o link | cut -d' ' -f2 | od -An -tx1 | tr -d '\\n'").contains("65 e8 3a"))
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    struct NodeStory: Sendable, CustomTestStringConvertible {
        let attach: [String]
        var then = ":"
        let detach: String
        let left: [String]
        var status: Int32 = 0
        var testDescription: String { "\(attach) \(then) \(detach)" }
    }

    /// Device nodes, by where they are on the host and where in the container.
    @Test(arguments: [
        NodeStory(attach: ["/run/a=/run/b", "/run/b=/run/a"], detach: "/run/a", left: ["/run/a"]),
        NodeStory(attach: ["/run/a=/run/x"], detach: "/run/x", left: []),
        NodeStory(
            attach: ["/run/a=/run/x", "/run/b=/run/y"], then: "ln -s a /run/link", detach: "/run/link", left: ["/run/y"]
        ),
        // A link that has led to one, and leads to the other now.
        NodeStory(
            attach: ["/run/link=/run/x", "ln -sfn b /run/link", "/run/b=/run/y"], detach: "/run/link",
            left: ["/run/x", "/run/y"], status: 64),
        NodeStory(attach: ["/run/\u{E9}=/run/x", "/run/e\u{301}=/run/y"], detach: "/run/\u{E9}", left: ["/run/y"]),
        NodeStory(
            attach: ["/run/a=/run/\u{E9}", "/run/b=/run/e\u{301}"], detach: "/run/\u{E9}", left: ["/run/e\u{301}"]),
        NodeStory(attach: ["/run/a=/run/x"], detach: "/run/none", left: ["/run/x"], status: 69),
    ])
    func nodes(story: NodeStory) throws {
        try onThrowawayHost {
            try sh(
                """
                mknod /run/a c 1 3; mknod /run/b c 1 5; mknod '/run/\u{E9}' c 1 7; mknod '/run/e\u{301}' c 1 8
                ln -s a /run/link; [ \(story.attach[0].hasPrefix("/run/link") ? 1 : 0) = 1 ] || rm /run/link
                """)
            let container = try TestContainer()
            for device in story.attach {
                let parts = device.split(separator: "=")
                guard parts.count == 2 else {
                    try sh(device)
                    continue
                }
                let result = try Program.run(
                    "attach", container.reference, "-",
                    input:
                        "<hostdev mode='capability' type='misc'><source dev='\(parts[0])'/><target dev='\(parts[1])'/></hostdev>"
                )
                #expect(result.status == 0, "\(result)")
            }
            try sh(story.then)
            let detach = try Program.run("detach", container.reference, "--misc", story.detach)
            #expect(detach.status == story.status, "\(detach)")
            let left = try container.sh("find /run -type c").split(separator: "\n").map { Array($0.utf8) }
            #expect(
                left.sorted { $0.lexicographicallyPrecedes($1) }
                    == story.left.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
            #expect(try Program.run("detach", container.reference, "--all").status == 0 || left.isEmpty)
        }
    }

    /// A hostdev of a document means one, and apply tells devices apart as detach does.
    @Test func documents() throws {
        try onThrowawayHost {
            try sh(
                "for n in eth1 eth2 '\u{E9}' 'e\u{301}'; do i=$((i + 1)); ip link add \"$n\" type veth peer name p$i; done"
            )
            let container = try TestContainer()
            func hostdev(_ source: String, _ target: String) -> String {
                "<hostdev mode='capability'><source name='\(source)'/><target name='\(target)'/></hostdev>"
            }
            let all = [
                hostdev("eth1", "eth2"), hostdev("eth2", "eth1"), hostdev("\u{E9}", "e\u{301}"),
                hostdev("e\u{301}", "\u{E9}"),
            ]
            let document = "<devices>\(all.joined())</devices>"
            #expect(try Program.run("attach", container.reference, "-", input: document).status == 0)
            let again = try Program.run("apply", container.reference, "-", "--dry-run", input: document)
            #expect(again.status == 0, "\(again)")
            #expect(try Program.run("detach", container.reference, "-", input: all[2]).status == 0)
            #expect(try Program.run("detach", container.reference, "-", input: all[0]).status == 0)
            let listed = try decode(Listed.self, Program.run("list", "--format", "json")).attachments
            #expect(Set(listed.map { Array($0.source.name.utf8) }) == [Array("eth2".utf8), Array("e\u{301}".utf8)])
            #expect(try Program.run("apply", container.reference, "-", input: document).status == 0)
            let detach = try Program.run("detach", container.reference, "-", input: document)
            #expect(detach.status == 0, "\(detach)")
            try expectNothingLeft("\(detach)")
        }
    }

    /// Two network namespaces whose names Swift takes for equal.
    @Test func containers() throws {
        try onThrowawayHost {
            try sh(
                """
                ip link add eth1 type veth peer name p1; ip link add eth2 type veth peer name p2
                ip netns add '\u{E9}'; ip netns add 'e\u{301}'
                """)
            #expect(try Program.run("attach", "netns:\u{E9}", "--net", "eth1").status == 0)
            #expect(try Program.run("attach", "netns:e\u{301}", "--net", "eth2").status == 0)
            #expect(try sh("ip -n '\u{E9}' -o link").contains("eth1"))
            // Both end: what is left of each is known by its name.
            try sh("ip netns delete '\u{E9}'; ip netns delete 'e\u{301}'")
            let one = try Program.run("list", "netns:\u{E9}")
            #expect(one.output.contains("eth1") && !one.output.contains("eth2"), "\(one)")
            let detach = try Program.run("detach", "netns:e\u{301}", "--all")
            #expect(detach.status == 0, "\(detach)")
            #expect(try sh("ip -o link").contains("eth2"))
            #expect(try !sh("ip -o link").contains("eth1"))
            #expect(try Program.run("detach", "\u{E9}", "--all").status == 0)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }
}

/// What `list` prints as JSON, as far as tests look at it.
private struct Listed: Decodable {
    struct Attachment: Decodable {
        struct Named: Decodable { let name: String }
        let id: String
        let source: Named
        let target: Named
    }
    let attachments: [Attachment]
}
