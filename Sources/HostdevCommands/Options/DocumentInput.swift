internal import HostdevModel
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

/// Documents that are wrong, with all that is wrong in them.
struct RejectedDocument: Error {
    var problems: [DocumentProblem]
}

/// Reads a hostdev document from a file, or from standard input for `-`.
///
/// Warnings go to standard error. Throws ``RejectedDocument``, or `no-such-file`.
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
