/// Why a document was refused: everything that is wrong with it, in the order of the document.
public struct DocumentError: Error, Hashable, CustomStringConvertible {
    /// The problems, at least one.
    public let problems: [DocumentProblem]

    /// Each problem on a line of its own.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
