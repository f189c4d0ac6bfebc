internal import ArgumentParser
internal import FoundationEssentials
internal import HostdevModel
internal import Passthrough

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

    /// Prints a result in the one form or the other. As text it is lines, none of which can become two.
    func print(_ document: @autoclosure () -> some Encodable, lines: () -> [String]) throws {
        switch format {
        case .json: writeOutput(document: try Self.json(document()))
        case .text: if !isQuiet { for line in lines() { writeOutput(line) } }
        }
    }

    /// Prints an XML document, which with JSON is in another document.
    func print(xml: String) throws {
        switch format {
        case .json: writeOutput(document: try Self.json(XMLText(xml: xml)))
        case .text: if !isQuiet { writeOutput(document: String(xml.printableXML.dropLast())) }
        }
    }

    /// Prints an error and ends with its status.
    func fail(_ error: PassthroughError, fullText: String? = nil) -> Never {
        let lines = fullText.map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
        fail(ErrorDocument(error), lines: lines ?? ["hostdev: \(error)"], ExitStatus(error.code))
    }

    /// Prints what is wrong with documents, a line for each problem, and ends.
    func fail(_ error: RejectedDocument) -> Never {
        fail(ErrorDocument(error), lines: error.problems.map(\.description), .badData)
    }

    /// A document that cannot be written is no reason to say nothing.
    private func fail(_ document: ErrorDocument, lines: [String], _ status: ExitStatus) -> Never {
        if format == .json {
            writeOutput(document: (try? Self.json(document)) ?? "{\"error\":{\"code\":\"internal\"}}")
        }
        if format == .text || !isOutputWritten { for line in lines { writeError(line) } }
        endProgram(status.rawValue)
    }

    private static func json(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self).printableJSON
    }
}
