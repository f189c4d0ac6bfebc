internal import HostdevModel
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

/// Reads a hostdev document from a file, or from standard input for `-`.
///
/// Warnings go to standard error. Throws `no-such-file`, and `invalid-document` with a line for each problem.
func readDocument(_ path: String, timeout: Double) throws(PassthroughError) -> HostdevDocument {
    let name = path == "-" ? "standard input" : path
    let document: HostdevDocument
    do {
        document = try HostdevDocument(
            parsing: try readInput(
                path == "-" ? nil : FilePath(path), limit: HostdevDocument.sizeLimit, timeout: .seconds(timeout)),
            name: name)
    } catch let error as DocumentError {
        throw PassthroughError(.invalidDocument, error.description)
    } catch let error as SystemError {
        let code: PassthroughError.Code = error.code == .permissionDenied ? .notPermitted : .noSuchFile
        let reason = error.code == .timedOut ? "nothing came within \(timeout) seconds" : "\(error.code)"
        throw PassthroughError(code, "\(name): \(reason)")
    } catch {
        throw PassthroughError(.internal, "\(name): \(error)")
    }
    for warning in document.warnings { writeError("warning: \(warning)") }
    return document
}
