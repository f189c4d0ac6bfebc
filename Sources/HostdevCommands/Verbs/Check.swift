internal import ArgumentParser
internal import ContainerConfiguration
internal import Passthrough

/// `hostdev check`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Compares the attached devices with their current state.",
        discussion:
            "The exit status is 0 if nothing has changed. Otherwise it is 2, and each difference is printed on a line.")

    @Argument(help: "The container: ENGINE:NAME. The default is all containers.")
    var container: String?

    @Flag(help: "Compare the configurations for the next start of containers with the devices of the host instead.")
    var config = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let reference = try container.map(ContainerArgument.reference)
        let backend = try common.backend()
        let drift = try config ? backend.checkConfiguration(reference) : backend.check(reference)
        try common.output.output.print(DriftDocument(drift)) {
            drift.map { "\($0.container): \($0.device): \($0.what) is \($0.found), not \($0.expected)" }
        }
        if !drift.isEmpty { throw ExitStatus.drift }
    }
}

struct DriftDocument: Encodable {
    struct Entry: Encodable {
        let id: String
        let what: String
        let expected: String
        let found: String
    }

    let drift: [Entry]

    init(_ drift: [Drift]) {
        self.drift = drift.map { Entry(id: $0.id, what: $0.what, expected: $0.expected, found: $0.found) }
    }
}
