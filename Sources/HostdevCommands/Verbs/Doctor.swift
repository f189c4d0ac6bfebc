internal import ArgumentParser
internal import Passthrough

/// `hostdev doctor`.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Says what this host and a container permit, and what to do about what they do not.")

    @Argument(help: "The container, ENGINE:NAME; the host alone without.")
    var container: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let findings = try common.backend().examine(container.map(ContainerArgument.reference))
        try common.output.output.print(FindingsDocument(findings)) {
            findings.flatMap { finding in
                ["\(finding.verdict.rawValue): \(finding.subject): \(finding.property): \(finding.found)"]
                    + (finding.remedy.map { ["    \($0)"] } ?? [])
            }
        }
    }
}
