internal import ArgumentParser
internal import ContainerConfiguration
internal import Containers
internal import HostdevModel
internal import Passthrough

/// `hostdev dumpxml`.
struct DumpXML: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dumpxml", abstract: "Prints the devices of a container as a <devices> document.")

    @OptionGroup var container: ContainerArgument
    @Flag(help: "Print the devices in the configuration for the next start.")
    var config = false
    @OptionGroup var common: CommonOptions

    func run() throws {
        let attachments =
            config
            ? try common.backend().configuredAttachments(of: container.reference())
            : try common.backend().attachments(of: container.reference())
        let xml = try HostdevDocument(hostdevs: attachments.map(\.hostdev)).xml()
        try common.output.output.print(xml: xml)
    }
}

extension Backend {
    /// Returns the devices in configurations. Prints a warning for each entry that a document cannot express.
    func configuredAttachments(of reference: ContainerReference?) throws -> [Attachment] {
        let (attachments, warnings) = try configured(of: reference)
        for warning in warnings { writeError("warning: \(warning)") }
        return attachments
    }
}
