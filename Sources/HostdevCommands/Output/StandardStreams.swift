internal import Glibc
internal import LinuxSystem
internal import Passthrough
internal import Synchronization
internal import SystemPackage

/// The error that stopped the output to standard output, or nil. The work continues; ``endProgram(_:)`` reports the
/// error.
private let outputFailure = Mutex<Errno?>(nil)
/// Whether a write to standard error has timed out. Later writes then do not wait.
private let isErrorStreamStuck = Mutex(false)
/// How long to wait for a nonblocking stream that accepts no data. A write to a blocking stream waits without a limit.
private let stallTimeout = Duration.seconds(5)

/// Writes a line to standard output, escaped for terminals.
func writeOutput(_ line: String) {
    writeOutput(document: line.printable)
}

/// Writes a document, which has to be escaped already, and a line feed to standard output.
func writeOutput(document: String) {
    do throws(SystemError) {
        guard outputFailure.withLock({ $0 == nil }) else { return }
        try write(Array((document + "\n").utf8), to: .standardOutput, patience: stallTimeout)
    } catch {
        outputFailure.withLock { $0 = error.code }
    }
}

/// Whether all output to standard output was written so far.
var isOutputWritten: Bool { outputFailure.withLock { $0 == nil } }

/// Writes a line to standard error, escaped for terminals. A failure is ignored.
func writeError(_ line: String) {
    writeTerminal(line.printable + "\n")
}

/// Writes text to standard error without escaping and without a line feed.
func writeTerminal(_ text: String) {
    let isStuck = isErrorStreamStuck.withLock { $0 }
    do throws(SystemError) {
        try write(Array(text.utf8), to: .standardError, patience: isStuck ? .zero : stallTimeout)
    } catch {
        isErrorStreamStuck.withLock { $0 = true }
    }
}

/// Exits with a status.
///
/// If standard output could not be written, a successful run exits with the status 74 instead. A failed run keeps its
/// status.
func endProgram(_ status: Int32) -> Never {
    do throws(SystemError) {
        if isOutputWritten { try close(.standardOutput) }
    } catch {
        // The caller closed standard output: either nothing had to be written, or a write has failed before.
        if error.code != .badFileDescriptor { outputFailure.withLock { $0 = error.code } }
    }
    guard let failure = outputFailure.withLock({ $0 }) else { exit(status) }
    let consequence = status == 0 ? ", but the request was carried out" : ""
    writeError("hostdev: standard output could not be written (\(failure))\(consequence)")
    exit(status == 0 ? ExitStatus.outputLost.rawValue : status)
}

/// Shows the progress of a batch on one line of the terminal.
final class Progress: Sendable {
    private let total: Int
    private let seen = Mutex<Set<String>>([])

    /// Creates the progress display for a number of devices.
    init(of total: Int) {
        self.total = total
    }

    /// Shows the device that a step is about.
    func show(_ step: Step) {
        let count = seen.withLock {
            $0.insert(step.device)
            return $0.count
        }
        // Return to the start of the line, and clear it.
        writeTerminal("\r\u{1B}[K\(count)/\(total) \(step.device.printable)")
    }

    deinit { writeTerminal("\r\u{1B}[K") }
}

/// Writes lines to standard error, each of them only once.
final class ErrorLines: Sendable {
    private let written = Mutex<Set<String>>([])

    func write(_ line: String) {
        if written.withLock({ $0.insert(line).inserted }) { writeError(line) }
    }
}
