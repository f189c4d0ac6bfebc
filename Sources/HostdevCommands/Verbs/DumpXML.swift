internal import ArgumentParser
internal import HostdevModel
internal import Passthrough

/// `hostdev dumpxml`.
struct DumpXML: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dumpxml", abstract: "Prints the hostdevs of a container as a <devices> document.")

    @OptionGroup var container: ContainerArgument
    @OptionGroup var common: CommonOptions

    func run() throws {
        let attachments = try common.backend().attachments(of: container.reference())
        let xml = try HostdevDocument(hostdevs: attachments.map(\.hostdev)).xml()
        try common.output.output.print(XMLText(xml: xml)) { String(xml.dropLast()) }
    }
}
