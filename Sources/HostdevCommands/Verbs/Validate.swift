internal import ArgumentParser
internal import HostdevModel
internal import Passthrough

/// `hostdev validate`.
struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks documents, and says what is wrong with them and where.", discussion: "Needs no privilege.")

    @Argument(help: "Documents with hostdevs, - for standard input.")
    var files: [String]

    @Option(help: ArgumentHelp("How long to wait for a file that is a pipe.", valueName: "seconds"))
    var timeout = 10.0

    @OptionGroup var output: OutputOptions

    func run() throws {
        struct Valid: Encodable {
            struct File: Encodable {
                let file: String
                let hostdevs: Int
            }
            let valid: [File]
        }
        var valid: [Valid.File] = []
        var failures: [PassthroughError] = []
        for file in files {
            do {
                let document = try readDocument(file, timeout: timeout)
                valid.append(Valid.File(file: file, hostdevs: document.hostdevs.count))
            } catch {
                failures.append(error)
            }
        }
        guard let first = failures.first else { return try output.output.print(Valid(valid: valid)) { "" } }
        var all = first
        all.message = failures.map(\.message).joined(separator: "\n")
        throw all
    }
}
