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

/// Rows in columns that are as wide as their widest cell, for people.
func table(_ header: [String], _ rows: [[String]]) -> [String] {
    // What is escaped is wider.
    let all = [header] + rows.map { $0.map(\.printable) }
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
        var line = ""
        for (column, cell) in row.enumerated() {
            line += cell
            if column + 1 < row.count { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
        }
        return line
    }
}

/// Seconds since 1970 as RFC 3339 has them, in UTC: `2026-11-22T10:00:00Z`.
func timestamp(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
}

/// A document in a document, for `--format json`.
struct XMLText: Encodable {
    let xml: String
}
