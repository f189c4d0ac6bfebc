internal import ArgumentParser
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

/// `hostdev watch`.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Keeps running, and returns the devices of each container to the host when the container ends.",
        discussion: """
            Does what recover does, whenever a container ends, a run is killed, or a device is unplugged or plugged in \
            again. Only one watcher is active for a state directory; a second one waits until the first one ends. \
            attach starts a watcher with --until-idle --syslog if none is running. A service runs it without these \
            options.
            """)

    @Flag(help: "Exit when nothing is attached any more, or if another watcher is active.")
    var untilIdle = false

    @Flag(help: "Write messages to the system log instead of standard output and standard error.")
    var syslog = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        // Each container takes a descriptor.
        raiseDescriptorLimit()
        let report = WatchReport(output: common.output.output, toSystemLog: syslog)
        do {
            let signals = try SignalDescriptor()
            try common.backend().watch(untilIdle: untilIdle, stop: signals.file, tell: report.tell)
        } catch let error as SystemError {
            throw PassthroughError(.kernel, error.description)
        } catch let error as PassthroughError {
            // Nobody reads the standard error of a watcher that attach has started.
            if syslog { report.fail(error) }
            throw error
        }
        try report.end()
    }
}

/// Reports the actions of a watcher on the terminal or in the system log.
private final class WatchReport {
    private let output: Output
    private let toSystemLog: Bool
    /// The actions so far. With JSON they are printed as one document at the end.
    private var outcome = Outcome()

    init(output: Output, toSystemLog: Bool) {
        self.output = output
        self.toSystemLog = toSystemLog
    }

    func tell(_ event: WatchEvent) {
        switch event {
        case .standingBy: note("hostdev: another watcher is active: waiting for its end")
        case .watching: note("hostdev: watching")
        case .setAside(let record): fail("\(record); it is ignored")
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

    func fail(_ error: PassthroughError) { fail(error.text) }

    private func fail(_ error: String) {
        if toSystemLog { writeSystemLog("hostdev: \(error)".printable) } else { writeError("hostdev: \(error)") }
    }

    func end() throws {
        if output.format == .json { try output.print(outcome) }
    }
}

/// Starts this program as the watcher of a state directory in the background, unless a watcher is active.
///
/// A failure is only a warning, since an attach does not depend on the watcher.
func startWatcher(of backend: Backend) {
    guard !backend.isWatched else { return }
    do throws(SystemError) {
        let program = FilePath(try readLink("/proc/self/exe"))
        try startDetached(
            program, ["watch", "--until-idle", "--syslog", "--state-dir", backend.state.path.string])
    } catch {
        writeError(
            "warning: no watcher could be started, so devices are not returned when the container ends: \(error)")
    }
}
