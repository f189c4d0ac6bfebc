import XMLTree

/// Something that is wrong with a document, and where.
public struct DocumentProblem: Hashable, Sendable, CustomStringConvertible {
    /// The document's name: that of the file, `-` for standard input.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column in characters, from 1.
    public let column: Int
    /// What is wrong, and what is allowed: one line, without a full stop.
    public let message: String

    /// `FILE:LINE:COLUMN: MESSAGE`.
    public var description: String { "\(file):\(line):\(column): \(message)" }

    init(file: String, _ position: XMLPosition, _ message: String) {
        self.file = file
        self.line = position.line
        self.column = position.column
        self.message = message
    }
}

extension [DocumentProblem] {
    /// The problems in the order of the document.
    var inOrder: [DocumentProblem] {
        sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }
}
