import Foundation

/// The documents in `examples/`.
enum Examples {
    /// The folder of the project.
    static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The file names of the documents, in order.
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".xml") }.sorted()

    /// Where a document is.
    static func path(_ name: String) -> String { folder.appending(path: name).path }

    /// What is in a document.
    static func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: folder.appending(path: name))) }

    private static let folder = project.appending(path: "examples")
}
