import HostdevModel
import Testing

/// Parses a document with the name `test.xml` in messages.
func read(_ text: String) throws -> HostdevDocument {
    try HostdevDocument(parsing: Array(text.utf8), name: "test.xml")
}

/// The only hostdev of a document.
func readHostdev(_ text: String) throws -> Hostdev {
    let hostdevs = try read(text).hostdevs
    return try #require(hostdevs.count == 1 ? hostdevs.first : nil)
}

/// Returns the problems of a document, or an empty array.
func problems(_ text: String) -> [String] {
    do {
        _ = try read(text)
        return []
    } catch let error as DocumentError {
        return error.problems.map(\.description)
    } catch {
        return ["\(error)"]
    }
}
