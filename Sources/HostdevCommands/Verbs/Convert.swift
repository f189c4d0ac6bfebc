internal import ArgumentParser
internal import HostdevModel
internal import Passthrough

/// `hostdev convert`.
struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Converts a document to another dialect.",
        discussion: "Fails if the dialect cannot express a part of the document. Needs no privileges.")

    /// The names of the dialects on the command line.
    enum DialectName: String, ExpressibleByArgument {
        case capability
        case libvirt
    }

    @Option(help: "The dialect of the output.")
    var to: DialectName

    @Argument(help: "The document, or - for standard input.")
    var file: String

    @OptionGroup var input: InputOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let document = try readDocument(file, timeout: input.timeout)
        let xml: String
        do {
            xml = try document.xml(dialect: to == .libvirt ? .libvirt : .capability)
        } catch {
            throw PassthroughError(.invalidDocument, "\(file): \(error)")
        }
        try output.output.print(xml: xml)
    }
}
