internal import FoundationEssentials
internal import SystemPackage

/// The built program, run as users run it.
public struct Program {
    /// The folder in which the build put the program, beside the tests.
    static let folder = FilePath(CommandLine.arguments[0]).removingLastComponent()
    /// Where it is.
    public static var path: String { folder.appending("hostdev").string }

    /// Runs the program, in the calling thread's namespaces. An attach starts a watcher only where a test asks for that.
    public static func run(
        _ arguments: String..., watched: Bool = false, input: String = "", environment: [String: String] = [:]
    ) throws -> CommandResult {
        try run(arguments, watched: watched, input: input, environment: environment)
    }

    /// The same with the arguments in an array.
    public static func run(
        _ arguments: [String], watched: Bool = false, input: String = "", environment: [String: String] = [:]
    ) throws -> CommandResult {
        try TestHost.run(command(arguments, watched: watched), input: input, environment: environment)
    }

    /// Starts the program and does not wait for it.
    public static func start(_ arguments: String..., environment: [String: String] = [:]) throws -> RunningCommand {
        try RunningCommand(command(arguments, watched: false), environment: environment)
    }

    private static func command(_ arguments: [String], watched: Bool) -> [String] {
        [path] + arguments + (arguments.first == "attach" && !watched ? ["--no-watch"] : [])
    }
}

/// The parts of the JSON documents that tests look at.
public struct ErrorDocument: Decodable {
    /// What went wrong.
    public struct Failure: Decodable {
        /// The kind of failure.
        public let code: String
        /// What was tried, and why it failed.
        public let message: String
        /// The device it was about.
        public let device: String?
        /// The container it was about.
        public let container: String?
        /// What the user can do.
        public let hint: String?
    }
    /// What went wrong.
    public let error: Failure
}

/// Reads the document that a run printed.
public func decode<Document: Decodable>(_ type: Document.Type, _ result: CommandResult) throws -> Document {
    try JSONDecoder().decode(type, from: Data(result.output.utf8))
}
