import LinuxSystem
import TestHost
import Testing

/// What a container or a document chose is printed so that no terminal obeys it, and no name becomes a line of its own.
@Suite struct TerminalTests {
    /// Sequences for a terminal, as one may have them in a name: ESC and CSI, an override of the direction, a separator of
    /// lines, and what is no text.
    static let marks = "\u{1B}[31m\u{9B}2J\u{202E}\u{2066}\u{2028}\u{7F}"

    private struct Anything: Decodable {}

    /// What a terminal would obey in a text, without line feeds.
    private func obeyed(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { scalar in
            scalar != "\n"
                && [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
        }
    }

    /// A place at which such a name gets into a run: how, and what the run prints instead.
    struct Place: Sendable, CustomTestStringConvertible {
        /// On the host, or in the container: a shell script with the marks in `$marks`.
        var host = ":"
        var inside = ":"
        /// The run; CONTAINER is the container, MARKS the marks.
        let arguments: [String]
        var input = ""
        let prints: String
        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let places = [
        Place(
            inside: "ip link set lan0 name \"$(printf '\\033[31m\\342\\200\\256')\"", arguments: ["check"],
            prints: #"\x1b[31m\u{202e}"#),
        Place(
            inside: "ip link set lan0 name \"$(printf '\\033[31m\\342\\200\\256')\"",
            arguments: ["doctor", "CONTAINER"],
            prints: "CONTAINER"),
        Place(
            arguments: ["detach", "CONTAINER", "--misc", "/dev/zero"], prints: #"\x1b[31m"#),
        Place(
            host: "touch \"/run/netns/a$marks\nb\"; mount --bind /proc/self/ns/net \"/run/netns/a$marks\nb\"",
            arguments: ["containers"], prints: #"netns:a\x1b[31m\u{9b}2J\u{202e}\u{2066}\u{2028}\x7f\nb"#),
        Place(
            host: "touch \"/run/netns/a$marks\"; mount --bind /run/netns/blue \"/run/netns/a$marks\"",
            arguments: ["attach", "netns:aMARKS", "--net", "eth1", "--no-watch"],
            prints: #"netns:a\x1b[31m\u{9b}2J\u{202e}\u{2066}\u{2028}\x7f"#),
        // Each step says where the node is to be.
        Place(
            host: "mknod \"/run/\u{202E}zero\" c 1 7",
            arguments: ["attach", "CONTAINER", "--misc", "/run/\u{202E}zero:/dev/\u{202E}\u{9B}2J", "-v", "--dry-run"],
            prints: #"/dev/\u{202e}\u{9b}2J"#),
        Place(
            host: "mkdir -p \"/run/crun/$marks\"; echo '{' >\"/run/crun/$marks/status\"", arguments: ["containers"],
            prints: #"/run/crun/\x1b[31m"#),
        Place(arguments: ["list", "lxc:webMARKS"], prints: #"lxc:web\x1b[31m"#),
        Place(
            arguments: ["attach", "webMARKS\nhostdev: all is well", "--net", "eth1"], prints: #"\nhostdev: all is well"#
        ),
        Place(arguments: ["listMARKS"], prints: #"list\x1b[31m"#),
        Place(arguments: ["validate", "/run/noneMARKS\nb"], prints: #"none\x1b[31m\u{9b}2J"#),
        Place(
            arguments: ["validate", "-"],
            input: "<hostdev mode='capability'><source name='eth0' colour='\u{202E}\u{9B}2J&#10;x'/></hostdev>",
            prints: "colour"),
        Place(
            arguments: ["validate", "-"],
            input: "<hostdev mode='\u{202E}\u{9B}2J&#10;x'><source name='eth0'/></hostdev>",
            prints: #"\u{202e}\u{9b}2J"#),
        Place(
            arguments: ["validate", "-"], input: "<hostdev mode='capability'><\u{1B}[31m/></hostdev>", prints: ":1:"),
        Place(
            arguments: ["attach", "CONTAINER", "--storage", "/dev/\u{202E}none", "--format", "text"],
            prints: #"/dev/\u{202e}none"#),
    ]

    @Test func isEscaped() throws {
        try onThrowawayHost {
            try sh("ip netns add blue; for n in 0 1; do ip link add eth$n type veth peer name p$n; done")
            let container = try TestContainer()
            let devices = ["--net", "eth0:lan0", "--misc", "/dev/zero"]
            #expect(try Program.run(["attach", container.reference] + devices).status == 0)
            let holder = try RunningCommand([
                "nsenter", "--target", "\(container.id)", "--all", "bash", "-c",
                "mkfifo /tmp/never; exec 3</dev/zero; printf '%s' \"$1\" >/proc/$$/comm; echo open; read <>/tmp/never",
                "-",
                String(Self.marks.prefix(9)),
            ])
            defer { holder.end() }
            for _ in 0..<12_000 where !holder.outputSoFar.contains("open") { try sh("sleep 0.01") }
            for place in Self.places { try expectEscaped(place, container) }
        }
    }

    private func expectEscaped(_ place: Place, _ container: TestContainer) throws {
        let environment = ["marks": Self.marks]
        _ = try run(["sh", "-ec", place.host], environment: environment)
        _ = try container.run(["sh", "-ec", place.inside], environment: environment)
        let words = place.arguments.map {
            $0 == "CONTAINER" ? container.reference : $0.replacing("MARKS", with: Self.marks)
        }
        let result = try Program.run(words, input: place.input)
        let text = result.output + result.errors
        #expect(obeyed(text) == [], "\(text.debugDescription)")
        #expect(text.contains(place.prints.replacing("CONTAINER", with: container.reference)), "\(result)")
        #expect(text.contains("\nhostdev: all is well") == false)
        // As JSON too, which says the same.
        guard !place.arguments.contains("--format"), place.arguments[0] != "detach" else { return }
        let json = try Program.run(words + ["--format", "json"], input: place.input)
        #expect(obeyed(json.output) == [], "\(json.output.debugDescription)")
        #expect(throws: Never.self) { try decode(Anything.self, json) }
    }
}
