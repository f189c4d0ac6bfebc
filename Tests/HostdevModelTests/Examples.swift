import Foundation

/// The documents in `examples/`.
enum Examples {
    /// The directory of the project.
    static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The file names of the documents, in order.
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? [])
        .filter { $0.hasSuffix(".xml") }.sorted()

    /// The path of a document.
    static func path(_ name: String) -> String { directory.appending(path: name).path }

    /// The contents of a document.
    static func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: directory.appending(path: name))) }

    private static let directory = project.appending(path: "examples")
}
