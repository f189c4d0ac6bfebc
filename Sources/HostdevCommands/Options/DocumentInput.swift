internal import HostdevModel
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

/// The problems of documents that were refused.
struct RejectedDocument: Error {
    var problems: [DocumentProblem]
}

/// Reads a document from a file, or from standard input if the path is `-`. Prints its warnings to standard error.
///
/// - Parameter timeout: how many seconds to wait for a document from a pipe.
/// - Throws: ``RejectedDocument`` for an invalid document, or `no-such-file` or `not-permitted`.
func readDocument(_ path: String, timeout: Double) throws -> HostdevDocument {
    let bytes: [UInt8]
    do throws(SystemError) {
        bytes = try readInput(
            path == "-" ? nil : FilePath(path), limit: HostdevDocument.sizeLimit, timeout: .seconds(timeout))
    } catch {
        let code: PassthroughError.Code = error.code == .permissionDenied ? .notPermitted : .noSuchFile
        let reason = error.code == .timedOut ? "nothing came within \(timeout) seconds" : "\(error.code)"
        throw PassthroughError(code, "\(path): \(reason)")
    }
    do throws(DocumentError) {
        let document = try HostdevDocument(parsing: bytes, name: path)
        for warning in document.warnings { writeError("warning: \(warning)") }
        return document
    } catch {
        throw RejectedDocument(problems: error.problems)
    }
}
