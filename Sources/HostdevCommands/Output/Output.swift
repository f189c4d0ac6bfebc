internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import HostdevModel
internal import Passthrough
internal import SystemPackage

/// Where results go: text for people, or one JSON document.
struct Output {
    let format: OutputFormat
    let isQuiet: Bool

    init(format: OutputFormat, isQuiet: Bool) {
        self.format = format
        self.isQuiet = isQuiet
    }

    /// The output that a command line asks for, also when it cannot be parsed.
    init(arguments: [String]) {
        let wantsJSON =
            arguments.contains("--format=json")
            || zip(arguments, arguments.dropFirst()).contains { $0 == ("--format", "json") }
        self.init(format: wantsJSON ? .json : .text, isQuiet: false)
    }

    /// Prints a result in the one form or the other.
    func print(_ document: @autoclosure () -> some Encodable, text: () -> String) throws {
        switch format {
        case .json: writeOutput(try Self.json(document()))
        case .text:
            let text = text()
            if !isQuiet, !text.isEmpty { writeOutput(text) }
        }
    }

    /// Prints an error and ends with its status.
    func fail(_ error: PassthroughError, fullText: String? = nil) -> Never {
        switch format {
        case .json: writeOutput((try? Self.json(ErrorDocument(error))) ?? "{\"error\":{\"code\":\"internal\"}}")
        case .text: writeError(fullText ?? "hostdev: \(error)")
        }
        exit(ExitStatus(error.code).rawValue)
    }

    /// Prints what is wrong with documents, a line for each problem, and ends.
    func fail(_ error: RejectedDocument) -> Never {
        switch format {
        case .json:
            writeOutput((try? Self.json(ErrorDocument(error))) ?? "{\"error\":{\"code\":\"internal\"}}")
        case .text: writeError(error.problems.map(\.description).joined(separator: "\n"))
        }
        exit(ExitStatus.badData.rawValue)
    }

    private static func json(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}

/// Writes a line to standard output. What cannot be written, to a full disk or a closed pipe, ends the program: a caller
/// that parses the output must not take a part for the whole.
func writeOutput(_ text: String) {
    guard write(text + "\n", to: .standardOutput) else { exit(ExitStatus.failed.rawValue) }
}

/// Writes a line to standard error.
func writeError(_ text: String) {
    _ = write(text + "\n", to: .standardError)
}

/// Writes to standard error without ending the line.
func writeTerminal(_ text: String) {
    _ = write(text, to: .standardError)
}

private func write(_ text: String, to descriptor: FileDescriptor) -> Bool {
    (try? descriptor.writeAll(Array(text.utf8))) != nil
}
