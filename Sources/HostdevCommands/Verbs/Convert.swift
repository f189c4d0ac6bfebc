internal import ArgumentParser
internal import HostdevModel
internal import Passthrough

/// `hostdev convert`.
struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Writes a document in another dialect.",
        discussion: "A form that the dialect cannot express is an error that names it. Needs no privilege.")

    /// The dialects by the names of the command line.
    enum DialectName: String, ExpressibleByArgument {
        case capability
        case libvirt
    }

    @Option(help: "The dialect.")
    var to: DialectName

    @Argument(help: "A document with hostdevs, - for standard input.")
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
