internal import Glibc
internal import LinuxSystem
internal import Passthrough
internal import Synchronization
internal import SystemPackage

/// Why something was not written to standard output. The work goes on and is finished; ``endProgram(_:)`` says it.
private let outputFailure = Mutex<Errno?>(nil)
/// Whether standard error takes nothing: then it is waited for no more.
private let isErrorStreamStuck = Mutex(false)
/// How long a stream that does not block may take nothing. One that blocks is waited for as long as that takes.
private let stallTimeout = Duration.seconds(5)

/// Writes a line to standard output, with what could lead a terminal astray escaped.
func writeOutput(_ line: String) {
    writeOutput(document: line.printable)
}

/// Writes a document to standard output that has its own way to escape, and ends its last line.
func writeOutput(document: String) {
    do throws(SystemError) {
        guard outputFailure.withLock({ $0 == nil }) else { return }
        try write(Array((document + "\n").utf8), to: .standardOutput, patience: stallTimeout)
    } catch {
        outputFailure.withLock { $0 = error.code }
    }
}

/// Whether all that was to go to standard output went there so far.
var isOutputWritten: Bool { outputFailure.withLock { $0 == nil } }

/// Writes a line to standard error, with what could lead a terminal astray escaped. Where that cannot be written, there is
/// nobody left to tell.
func writeError(_ line: String) {
    writeTerminal(line.printable + "\n")
}

/// Writes to standard error as it is, without ending the line.
func writeTerminal(_ text: String) {
    let isStuck = isErrorStreamStuck.withLock { $0 }
    do throws(SystemError) {
        try write(Array(text.utf8), to: .standardError, patience: isStuck ? .zero : stallTimeout)
    } catch {
        isErrorStreamStuck.withLock { $0 = true }
    }
}

/// Ends the program with a status. What was asked for is done or not, whatever became of the output: only of a run that did
/// all, the status says that nobody could be told.
func endProgram(_ status: Int32) -> Never {
    do throws(SystemError) {
        if isOutputWritten { try close(.standardOutput) }
    } catch {
        // Closed by whoever started the program: nothing was to be written, or it has failed before.
        if error.code != .badFileDescriptor { outputFailure.withLock { $0 = error.code } }
    }
    guard let failure = outputFailure.withLock({ $0 }) else { exit(status) }
    let consequence = status == 0 ? ": what was asked for is done" : ""
    writeError("hostdev: standard output could not be written (\(failure))\(consequence)")
    exit(status == 0 ? ExitStatus.outputLost.rawValue : status)
}

/// How far a batch is, on one line of a terminal that each step overwrites.
final class Progress: Sendable {
    private let total: Int
    private let seen = Mutex<Set<String>>([])

    /// Progress through so many devices.
    init(of total: Int) {
        self.total = total
    }

    /// Shows the device that a step is about.
    func show(_ step: Step) {
        let count = seen.withLock {
            $0.insert(step.device)
            return $0.count
        }
        // To the line's beginning, and clear it; the last device's line is cleared for what follows.
        writeTerminal("\r\u{1B}[K\(count)/\(total) \(step.device.printable)")
    }

    deinit { writeTerminal("\r\u{1B}[K") }
}

/// Lines for standard error that may come about several times, and are said the first time.
final class ErrorLines: Sendable {
    private let said = Mutex<Set<String>>([])

    func say(_ line: String) {
        if said.withLock({ $0.insert(line).inserted }) { writeError(line) }
    }
}
