internal import ArgumentParser
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

/// `hostdev watch`.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Stays, takes back the devices of containers as they end, and follows devices that come and go.",
        discussion: """
            It does what recover does, whenever a container ends, a run is killed, or a device with nodes leaves the \
            host or comes back. One watcher is at work for a state \
            directory: a second one stands by. The first attach starts one with --until-idle --syslog, unless one is at \
            work; as a service, it runs without.
            """)

    @Flag(help: "Leave when nothing is attached any more, and when another watcher is at work.")
    var untilIdle = false

    @Flag(help: "Say what happens to the system's log instead of standard output and error.")
    var syslog = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        // One for each container.
        raiseDescriptorLimit()
        let report = WatchReport(output: common.output.output, toSystemLog: syslog)
        do {
            let signals = try SignalDescriptor()
            try common.backend().watch(untilIdle: untilIdle, stop: signals.file, tell: report.tell)
        } catch let error as SystemError {
            throw PassthroughError(.kernel, error.description)
        } catch let error as PassthroughError {
            // Nobody reads the standard error of the one that an attach has started.
            if syslog { report.fail(error) }
            throw error
        }
        try report.end()
    }
}

/// Says what a watcher does: on the terminal or in the system's log.
private final class WatchReport {
    private let output: Output
    private let toSystemLog: Bool
    /// A JSON document has to be one, so it comes at the end.
    private var outcome = Outcome()

    init(output: Output, toSystemLog: Bool) {
        self.output = output
        self.toSystemLog = toSystemLog
    }

    func tell(_ event: WatchEvent) {
        switch event {
        case .standingBy: note("hostdev: another watcher is at work: standing by")
        case .watching: note("hostdev: watching")
        case .setAside(let record): fail("\(record); it is left alone")
        case .failed(let error): fail(error)
        case .takenBack(let attachment), .away(let attachment):
            if output.format == .json { outcome.detached.append(attachment) }
            say(attachment.detachedText)
        case .back(let attachment):
            if output.format == .json { outcome.attached.append(attachment) }
            say(attachment.attachedText)
        }
    }

    private func say(_ text: String) {
        if toSystemLog {
            writeSystemLog(text.printable)
        } else if output.format == .text, !output.isQuiet {
            writeOutput(text)
        }
    }

    private func note(_ text: String) {
        if !output.isQuiet, !toSystemLog { writeError(text) }
    }

    func fail(_ error: PassthroughError) { fail(error.description) }

    private func fail(_ error: String) {
        if toSystemLog { writeSystemLog("hostdev: \(error)".printable) } else { writeError("hostdev: \(error)") }
    }

    func end() throws {
        if output.format == .json { try output.print(outcome) }
    }
}

/// Starts the watcher of a state directory, unless one is at work: this program itself, in the background. What it cannot
/// do is no failure of what was done before: it is said, and no more.
func startWatcher(of backend: Backend) {
    guard !backend.isWatched else { return }
    do throws(SystemError) {
        let program = FilePath(try readLink("/proc/self/exe"))
        try startDetached(
            program, ["watch", "--until-idle", "--syslog", "--state-dir", backend.state.path.string])
    } catch {
        writeError("warning: no watcher could be started, so nobody sees the container end: \(error)")
    }
}
