import XMLTree

/// Reads the elements of one document and collects all of its problems.
///
/// The types of devices ask the reader for values. It records what is missing or invalid together with the position,
/// and returns nil. This way a single pass reports every problem of a document.
struct DocumentReader {
    private let document: XMLDocument
    private let file: String
    private lazy var positions = document.positions
    private(set) var errors: [DocumentProblem] = []
    private(set) var warnings: [DocumentProblem] = []
    /// The number of problems after which reading stops. A document can have millions of them.
    static let problemLimit = 10_000
    /// The offsets of elements with a misspelled name. What is missing there is most likely the misspelled name.
    private var misspelled: Set<Int> = []

    init(_ document: XMLDocument, file: String) {
        self.document = document
        self.file = file
    }

    /// Whether there are so many problems that the rest of the document is not read.
    var hasReachedLimit: Bool { errors.count + warnings.count > Self.problemLimit }

    /// Reports an error at an element.
    mutating func error(_ message: String, at element: XMLElement) {
        note(message, isError: true, at: element.range.lowerBound)
    }

    /// Reports that a part of an element is missing, unless a misspelled name in it has been reported already.
    mutating func missing(_ message: String, at element: XMLElement) {
        if !misspelled.contains(element.range.lowerBound) { error(message, at: element) }
    }

    /// Remembers that an element has a misspelled name.
    mutating func markMisspelled(in element: XMLElement) {
        misspelled.insert(element.range.lowerBound)
    }

    /// Reports an error at the name of an attribute, or at the element if it has no such attribute.
    mutating func error(_ message: String, at attribute: String, of element: XMLElement) {
        let named = zip(element.attributes, document.attributeOffsets(of: element)).first { $0.0.name == attribute }
        note(message, isError: true, at: named?.1 ?? element.range.lowerBound)
    }

    /// Reports an element that is ignored.
    mutating func warn(_ message: String, at element: XMLElement) {
        note(message, isError: false, at: element.range.lowerBound)
    }

    /// Reports the attributes of an element that are misspelled or ignored.
    ///
    /// - Parameter verdict: returns the message for an attribute and whether it is an error, or nil for an allowed one.
    mutating func reportAttributes(
        of element: XMLElement, _ verdict: (XMLAttribute) -> (isError: Bool, message: String)?
    ) {
        for (attribute, offset) in zip(element.attributes, document.attributeOffsets(of: element)) {
            guard let (isError, message) = verdict(attribute) else { continue }
            if isError { markMisspelled(in: element) }
            note(message, isError: isError, at: offset)
        }
    }

    /// Returns the line of a byte offset, starting at 1.
    mutating func line(at offset: Int) -> Int {
        positions.position(at: offset).line
    }

    private mutating func note(_ message: String, isError: Bool, at offset: Int) {
        if hasReachedLimit { return }
        let position = positions.position(at: offset)
        if errors.count + warnings.count == Self.problemLimit {
            let message = "there are more than \(Self.problemLimit) problems: the rest of the document is not checked"
            errors.append(DocumentProblem(file: file, position, message))
        } else if isError {
            errors.append(DocumentProblem(file: file, position, message))
        } else {
            warnings.append(DocumentProblem(file: file, position, message))
        }
    }
}

extension DocumentReader {
    /// The maximum size of a document: 16 MiB.
    static let sizeLimit = 16 << 20

    /// Reads a whole document.
    ///
    /// - Parameter contents: reads the root element. Returns nil after reporting a problem to the reader.
    /// - Throws: ``DocumentError`` with all problems of the document.
    static func read<Contents>(
        _ bytes: [UInt8], _ file: String, _ contents: (XMLElement, inout DocumentReader) -> Contents?
    ) throws(DocumentError) -> (contents: Contents, document: XMLDocument, warnings: [DocumentProblem]) {
        guard bytes.count <= sizeLimit else {
            let message = "the document has \(bytes.count) bytes: at most \(sizeLimit) (16 MiB) are allowed"
            throw DocumentError(problems: [DocumentProblem(file: file, .start, message)])
        }
        let document: XMLDocument
        do {
            document = try XMLDocument(parsing: bytes)
        } catch {
            throw DocumentError(problems: [DocumentProblem(file: file, error.position ?? .start, error.message)])
        }
        var reader = DocumentReader(document, file: file)
        guard let read = contents(document.root, &reader), reader.errors.isEmpty else {
            throw DocumentError(problems: reader.errors.inOrder)
        }
        return (read, document, reader.warnings.inOrder)
    }
}
