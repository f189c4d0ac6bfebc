import XMLTree

/// The reason why a document was refused: all of its problems, in the order of the document.
public struct DocumentError: Error, Hashable, CustomStringConvertible {
    /// The problems. There is at least one.
    public let problems: [DocumentProblem]

    /// The problems, one on each line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// A problem of a document, and its position.
public struct DocumentProblem: Hashable, Sendable, CustomStringConvertible {
    /// The name of the file, or `-` for standard input.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column in characters, from 1.
    public let column: Int
    /// The problem and what was expected instead: one line without a full stop.
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

/// The reason why a value cannot be written: the dialect, or XML itself, cannot express a part of it.
public struct Unrepresentable: Error, Hashable, CustomStringConvertible {
    /// The hostdev or node device that cannot be written.
    public let subject: String
    /// The parts that cannot be expressed: a sentence without a full stop.
    public let message: String

    /// The subject and the message.
    public var description: String { "\(subject): \(message)" }
}
