internal import ArgumentParser
internal import FoundationEssentials
internal import HostdevModel
internal import Passthrough

/// Prints results as text or as one JSON document.
struct Output {
    let format: OutputFormat
    let isQuiet: Bool

    init(format: OutputFormat, isQuiet: Bool) {
        self.format = format
        self.isQuiet = isQuiet
    }

    /// Creates the output that a command line asks for, even if the command line is invalid.
    init(arguments: [String]) {
        let wantsJSON =
            arguments.contains("--format=json")
            || zip(arguments, arguments.dropFirst()).contains { $0 == ("--format", "json") }
        self.init(format: wantsJSON ? .json : .text, isQuiet: false)
    }

    /// Prints a result: the document as JSON, or the lines as text. Line feeds in a line are escaped.
    func print(_ document: @autoclosure () -> some Encodable, lines: () -> [String]) throws {
        switch format {
        case .json: writeOutput(document: try Self.json(document()))
        case .text: if !isQuiet { for line in lines() { writeOutput(line) } }
        }
    }

    /// Prints an XML document. With JSON it is a string in a JSON document.
    func print(xml: String) throws {
        switch format {
        case .json: writeOutput(document: try Self.json(XMLText(xml: xml)))
        case .text: if !isQuiet { writeOutput(document: String(xml.printableXML.dropLast())) }
        }
    }

    /// Prints an error and exits with its status.
    func fail(_ error: PassthroughError, fullText: String? = nil) -> Never {
        let lines = fullText.map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
        fail(ErrorDocument(error), lines: lines ?? ["hostdev: \(error.text)"], ExitStatus(error.code))
    }

    /// Prints the problems of documents, one on each line, and exits.
    func fail(_ error: RejectedDocument) -> Never {
        fail(ErrorDocument(error), lines: error.problems.map(\.description), .badData)
    }

    /// Prints an error. If the JSON document cannot be written, the text goes to standard error.
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

/// Formats rows as a table whose columns are as wide as their widest cells.
func table(_ header: [String], _ rows: [[String]]) -> [String] {
    // Cells are escaped first, since that makes them wider.
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

/// Formats seconds since 1970 as RFC 3339 in UTC, for example `2026-11-22T10:00:00Z`.
func timestamp(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
}

/// An XML document in a JSON document.
struct XMLText: Encodable {
    let xml: String
}
