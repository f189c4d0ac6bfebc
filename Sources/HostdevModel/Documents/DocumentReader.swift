import XMLTree

/// Reads the elements of one document and gathers everything that is wrong with them.
///
/// The readers of the device types ask it for values. What is missing or wrong is noted here with its place, and
/// they get nil; so one pass finds all that there is to mend.
struct DocumentReader {
    private let document: XMLDocument
    private let file: String
    private lazy var positions = document.positions
    private(set) var errors: [DocumentProblem] = []
    private(set) var warnings: [DocumentProblem] = []
    /// How many problems are looked for. No person reads as many, and a document can have millions.
    static let problemLimit = 10_000
    /// Where the elements start that hold a misspelled name: it stands for the one that is missing there.
    private var misspelled: Set<Int> = []

    init(_ document: XMLDocument, file: String) {
        self.document = document
        self.file = file
    }

    /// Whether there are so many problems that the rest of the document is not looked at.
    var hasReachedLimit: Bool { errors.count + warnings.count > Self.problemLimit }

    /// Notes an error at an element.
    mutating func error(_ message: String, at element: XMLElement) {
        note(message, isError: true, at: element.range.lowerBound)
    }

    /// Notes that an element lacks something, unless a misspelled name in it has been noted already.
    mutating func missing(_ message: String, at element: XMLElement) {
        if !misspelled.contains(element.range.lowerBound) { error(message, at: element) }
    }

    /// Notes that an element holds a misspelled name.
    mutating func markMisspelled(in element: XMLElement) {
        misspelled.insert(element.range.lowerBound)
    }

    /// Notes an error at an attribute's name, or at the element if it has no such attribute.
    mutating func error(_ message: String, at attribute: String, of element: XMLElement) {
        let named = zip(element.attributes, document.attributeOffsets(of: element)).first { $0.0.name == attribute }
        note(message, isError: true, at: named?.1 ?? element.range.lowerBound)
    }

    /// Notes an element that is ignored.
    mutating func warn(_ message: String, at element: XMLElement) {
        note(message, isError: false, at: element.range.lowerBound)
    }

    /// Notes which of an element's attributes are misspelled, and which are ignored.
    ///
    /// - Parameter verdict: whether an attribute's name is wrong, and how to say it; nil for one that is right.
    mutating func reportAttributes(
        of element: XMLElement, _ verdict: (XMLAttribute) -> (isError: Bool, message: String)?
    ) {
        for (attribute, offset) in zip(element.attributes, document.attributeOffsets(of: element)) {
            guard let (isError, message) = verdict(attribute) else { continue }
            if isError { markMisspelled(in: element) }
            note(message, isError: isError, at: offset)
        }
    }

    /// The line of a byte of the document.
    mutating func line(at offset: Int) -> Int {
        positions.position(at: offset).line
    }

    private mutating func note(_ message: String, isError: Bool, at offset: Int) {
        if hasReachedLimit { return }
        let position = positions.position(at: offset)
        if errors.count + warnings.count == Self.problemLimit {
            let message = "there are more than \(Self.problemLimit) problems: the rest is not looked at"
            errors.append(DocumentProblem(file: file, position, message))
        } else if isError {
            errors.append(DocumentProblem(file: file, position, message))
        } else {
            warnings.append(DocumentProblem(file: file, position, message))
        }
    }
}

extension DocumentReader {
    /// The largest document that is read, in bytes: 16 MiB.
    static let sizeLimit = 16 << 20

    /// Reads a whole document.
    ///
    /// - Parameter contents: reads the outermost element; nil when something is wrong with it, which is noted.
    /// - Throws: everything that is wrong with the document.
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
