internal import ArgumentParser
internal import Passthrough

/// `hostdev doctor`.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Shows what this host and a container support, and how to fix what they do not.")

    @Argument(help: "The container: ENGINE:NAME. Without it, only the host is examined.")
    var container: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let findings = try common.backend().diagnose(container.map(ContainerArgument.reference))
        try common.output.output.print(FindingsDocument(findings)) {
            findings.flatMap { finding in
                ["\(finding.verdict.rawValue): \(finding.subject): \(finding.property): \(finding.found)"]
                    + (finding.remedy.map { ["    \($0.text)"] } ?? [])
            }
        }
    }
}

struct FindingsDocument: Encodable {
    struct Entry: Encodable {
        let subject: String
        let property: String
        let verdict: String
        let found: String
        let remedy: String?
    }

    let findings: [Entry]

    init(_ findings: [Finding]) {
        self.findings = findings.map {
            Entry(
                subject: $0.subject, property: $0.property, verdict: $0.verdict.rawValue, found: $0.found,
                remedy: $0.remedy?.text)
        }
    }
}
