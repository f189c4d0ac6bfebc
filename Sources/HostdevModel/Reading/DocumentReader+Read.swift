import XMLTree

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
            let message = "the document has \(bytes.count) bytes: allowed are \(sizeLimit) (16 MiB)"
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
