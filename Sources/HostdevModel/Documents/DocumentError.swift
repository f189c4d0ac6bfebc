import XMLTree

/// Why a document was refused: everything that is wrong with it, in the order of the document.
public struct DocumentError: Error, Hashable, CustomStringConvertible {
    /// The problems, at least one.
    public let problems: [DocumentProblem]

    /// Each problem on a line of its own.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

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

/// Why something cannot be written: the dialect, or XML itself, has no schema for a part of it.
public struct Unrepresentable: Error, Hashable, CustomStringConvertible {
    /// What could not be written: a hostdev or a node device.
    public let subject: String
    /// What has no schema: a sentence without a full stop.
    public let message: String

    /// What could not be written, and why.
    public var description: String { "\(subject): \(message)" }
}
