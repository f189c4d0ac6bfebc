internal import ArgumentParser
internal import HostdevModel
internal import Passthrough

/// `hostdev validate`.
struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Checks documents, and prints each problem with its position.",
        discussion: "Needs no privileges.")

    @Argument(help: "The documents, or - for standard input.")
    var files: [String]

    @OptionGroup var input: InputOptions
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
        var problems: [DocumentProblem] = []
        var unreadable: PassthroughError?
        for file in files {
            do {
                let document = try readDocument(file, timeout: input.timeout)
                valid.append(Valid.File(file: file, hostdevs: document.hostdevs.count))
            } catch let error as RejectedDocument {
                problems += error.problems
            } catch let error as PassthroughError {
                unreadable = unreadable ?? error
            }
        }
        if let unreadable {
            for problem in problems { writeError("\(problem)") }
            throw unreadable
        }
        guard problems.isEmpty else { throw RejectedDocument(problems: problems) }
        try output.output.print(Valid(valid: valid)) { [] }
    }
}
