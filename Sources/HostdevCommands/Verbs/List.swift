internal import ArgumentParser
internal import Passthrough

/// `hostdev list`.
struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Shows what is attached where.")

    @Argument(help: "The container, ENGINE:NAME; all of them without.")
    var container: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let attachments = try common.backend().attachments(of: container)
        try common.output.output.print(AttachmentsDocument(attachments: attachments.map(AttachmentDocument.init))) {
            attachments.isEmpty
                ? ""
                : table(
                    ["CONTAINER", "TYPE", "SOURCE", "TARGET", "STATE", "ALIAS"],
                    attachments.map {
                        [$0.container, $0.type, $0.sourceText, $0.targetText, $0.state.rawValue, $0.alias ?? "-"]
                    })
        }
    }
}

extension Backend {
    /// What a container has, named as on a command line, or what all have.
    func attachments(of container: String?) throws -> [Attachment] {
        guard let container else { return try attachments() }
        return try attachments(of: ContainerArgument.reference(container))
    }
}
