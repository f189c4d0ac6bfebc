import FoundationEssentials
import TestHost
import Testing

/// `validate` and `convert`: the model from outside, and without privilege.
@Suite struct DocumentTests {
    /// A document that is hard to take, made by a shell script in a folder of its own.
    struct Hard: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let script: String
        let status: Int32
        let message: String
    }

    @Test(arguments: [
        Hard(
            testDescription: "a byte too many", script: "head -c 16777217 /dev/zero | tr '\\0' ' ' > d", status: 65,
            message: "16777216"),
        Hard(
            testDescription: "a hostdev too many",
            script: """
                { echo '<devices>'; i=0; while [ $i -lt 10001 ]; do
                echo "<hostdev mode='capability'><source name='e$i'/></hostdev>"; i=$((i+1)); done; echo '</devices>'; } > d
                """, status: 65, message: "10000"),
        Hard(
            testDescription: "a level too many",
            script:
                "{ printf '<domain>'; printf '<a>%.0s' $(seq 256); printf '</a>%.0s' $(seq 256); printf '</domain>'; } > d",
            status: 65, message: "256"),
        Hard(
            testDescription: "entities that multiply",
            script: """
                { echo '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'; for i in b c d e f g h i j; do
                echo "<!ENTITY $i '&a;&a;&a;&a;&a;&a;&a;&a;'>"; done; echo ']><devices>&j;</devices>'; } > d
                """, status: 65, message: "DOCTYPE"),
        Hard(
            testDescription: "a file of the machine's as an entity",
            script: #"echo '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><devices>&x;</devices>' > d"#,
            status: 65, message: "DOCTYPE"),
        Hard(
            testDescription: "bytes that are no UTF-8", script: #"printf '<devices>\377</devices>' > d"#, status: 65,
            message: "d:1:"),
        Hard(
            testDescription: "a NUL", script: #"printf '<devices>\0</devices>' > d"#, status: 65, message: "d:1:"),
        Hard(
            testDescription: "the end missing", script: "printf '<devices><hostdev mode=' > d", status: 65,
            message: "d:1:"),
        Hard(testDescription: "nothing", script: ": > d", status: 65, message: "d:1:1:"),
        Hard(testDescription: "a folder", script: "mkdir d", status: 66, message: "d: Is a directory"),
        Hard(testDescription: "no file", script: ":", status: 66, message: "d: No such file"),
        Hard(
            testDescription: "a FIFO that nobody writes to", script: "mkfifo d", status: 66,
            message: "nothing came within"),
    ])
    func isRefusedClearly(_ hard: Hard) throws {
        try onThrowawayHost {
            try sh("mkdir /run/documents; cd /run/documents; \(hard.script)")
            let text = try run(["sh", "-c", "cd /run/documents && exec \(Program.path) validate d --timeout 0.2"])
            #expect(text.status == hard.status, "\(text)")
            #expect(text.errors.contains(hard.message), "\(text)")
            #expect(text.output == "")
            let json = try Program.run("validate", "/run/documents/d", "--timeout", "0.2", "--format", "json")
            #expect(json.status == hard.status)
            #expect(
                try decode(ErrorDocument.self, json).error.code
                    == (hard.status == 65 ? "invalid-document" : "no-such-file"))
        }
    }

    @Test func everyProblemHasALineWithItsPlace() throws {
        struct Rejection: Decodable {
            struct Failure: Decodable {
                struct Problem: Decodable, Equatable { let file: String; let line: Int; let column: Int }
                let problems: [Problem]
            }
            let error: Failure
        }
        try onThrowawayHost {
            let document = """
                <devices>
                  <hostdev mode='capability'><sorce name='eth0'/></hostdev>
                  <hostdev mode='capability' type='scsi'><source address='2:0'/></hostdev>
                </devices>
                """
            let text = try Program.run("validate", "-", input: document)
            #expect(text.status == 65)
            let lines = text.errors.split(separator: "\n")
            #expect(lines.contains { $0.hasPrefix("-:2:30: ") && $0.contains("<source>") }, "\(text)")
            #expect(lines.contains { $0.hasPrefix("-:3:") }, "\(text)")
            let json = try Program.run("validate", "-", "--format", "json", input: document)
            let problems = try decode(Rejection.self, json).error.problems
            #expect(problems.count == lines.count)
            #expect(problems.first == .init(file: "-", line: 2, column: 30))
        }
    }

    @Test func convertsBothWays() throws {
        try onThrowawayHost {
            let libvirt = """
                <hostdev mode='capabilities' type='net'>
                  <source>
                    <interface>eth0</interface>
                  </source>
                </hostdev>

                """
            let capability = try Program.run("convert", "--to", "capability", "-", input: libvirt)
            #expect(capability.status == 0, "\(capability)")
            #expect(capability.output.contains("<source name='eth0'/>"))
            let back = try Program.run("convert", "--to", "libvirt", "-", input: capability.output)
            #expect(back.output == libvirt)
        }
    }

    @Test func whatADialectCannotSayIsNamed() throws {
        try onThrowawayHost {
            let result = try Program.run(
                "convert", "--to", "libvirt", "-",
                input: "<hostdev mode='capability'><source name='eth0'/><mtu size='1400'/></hostdev>")
            #expect(result.status == 65)
            #expect(result.errors.contains("1400"), "\(result)")
            #expect(result.output == "")
        }
    }

    /// The rest of a domain stays as it is, byte for byte.
    @Test func aDomainKeepsWhatIsNotOurs() throws {
        try onThrowawayHost {
            let rest = (
                "<domain type='lxc'>\n <name>web</name><!-- x -->\n <devices>\n  <disk type='file'/>\n  ",
                "\n </devices>\n <on_crash>destroy</on_crash>\n</domain>"
            )
            let result = try Program.run(
                "convert", "--to", "capability", "-",
                input: rest.0
                    + "<hostdev mode='capabilities' type='net'><source><interface>eth0</interface></source></hostdev>"
                    + rest.1)
            #expect(result.status == 0, "\(result)")
            #expect(result.output.hasPrefix(rest.0))
            #expect(result.output.hasSuffix(rest.1 + "\n"))
        }
    }

    @Test func needsNoPrivilege() throws {
        try onThrowawayHost {
            let result = try run(
                ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", Program.path, "validate", "-"],
                input: "<devices/>")
            #expect(result.status == 0, "\(result)")
        }
    }
}
