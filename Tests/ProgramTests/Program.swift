import FoundationEssentials
import SystemPackage
import TestHost
import Testing

/// The built program, run as users run it.
struct Program {
    /// The folder in which the build put the program, beside the tests.
    static let folder = FilePath(CommandLine.arguments[0]).removingLastComponent()
    static var path: String { folder.appending("hostdev").string }

    /// Runs the program, in the calling thread's namespaces.
    static func run(
        _ arguments: String..., input: String = "", environment: [String: String] = [:]
    ) throws -> CommandResult {
        try TestHost.run([path] + arguments, input: input, environment: environment)
    }

    /// Starts the program and does not wait for it.
    static func start(_ arguments: String..., environment: [String: String] = [:]) throws -> RunningCommand {
        try RunningCommand([path] + arguments, environment: environment)
    }
}

/// The parts of the JSON documents that tests look at.
struct ErrorDocument: Decodable {
    struct Failure: Decodable {
        let code: String
        let message: String
        let device: String?
        let container: String?
        let hint: String?
    }
    let error: Failure
}

func decode<Document: Decodable>(_ type: Document.Type, _ result: CommandResult) throws -> Document {
    try JSONDecoder().decode(type, from: Data(result.output.utf8))
}
