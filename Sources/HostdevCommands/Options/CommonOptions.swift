internal import ArgumentParser
internal import ContainerConfiguration
internal import Containers
internal import Glibc
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

/// The options of the verbs that show or change attachments.
struct CommonOptions: FastParsable {
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("The directory for records and locks.", valueName: "dir"))
    var stateDir = "/run/hostdev"

    @Option(
        help: ArgumentHelp(
            "How long to wait for locks of other runs and, with --wait, for devices.",
            valueName: "seconds"))
    var timeout = 10.0

    @Flag(help: "Override a guard. The refusal says whether that is possible.")
    var force = false

    func validate() throws {
        try validateTimeout(timeout)
        guard stateDir.hasPrefix("/") else { throw ValidationError("--state-dir takes an absolute path") }
    }

    /// Returns a backend with these settings.
    ///
    /// - Parameter devices: the number of devices in this run, for the progress display.
    /// - Throws: `kernel` if /proc is not mounted: every container would seem to have ended.
    func backend(devices: Int = 0) throws(PassthroughError) -> Backend {
        guard isProcMounted() else {
            throw PassthroughError(
                .kernel, "/proc is not mounted, so no container can be inspected",
                hint: .words("mount -t proc proc /proc"))
        }
        var backend = Backend(
            state: StateDirectory(FilePath(stateDir)), timeout: .milliseconds(Int(timeout * 1_000)), force: force,
            observe: output.observer(devices: devices), warn: { writeError("warning: \($0)") },
            isInterrupted: { Interruption.isPending })
        let errors = ErrorLines()
        backend.setAside = { errors.write("hostdev: warning: \($0); it is ignored") }
        return backend.knowingConfigurations
    }

    mutating func parse(_ arguments: inout FastArguments) throws {
        output = try OutputOptions(from: &arguments)
        stateDir = try arguments.value("--state-dir") ?? "/run/hostdev"
        timeout = try arguments.number("--timeout") ?? 10
        force = try arguments.flag("--force")
    }
}

/// The options of the verbs that only read documents.
struct InputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How long to wait for a document from a pipe.", valueName: "seconds"))
    var timeout = 10.0

    func validate() throws { try validateTimeout(timeout) }
}

private func validateTimeout(_ seconds: Double) throws {
    guard seconds >= 0, seconds <= 1e6 else {
        throw ValidationError("--timeout takes a number of seconds from 0 to 1000000")
    }
}

/// The options of every verb.
struct OutputOptions: FastParsable {
    @Option(help: "The output format.")
    var format = OutputFormat.text

    @Flag(name: .shortAndLong, help: "Print each step as it happens.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    /// Returns the observer of events: it prints each step that starts, the progress of a large batch, or nothing.
    func observer(devices: Int) -> @Sendable (Event) -> Void {
        if quiet { return { _ in } }
        if verbose { return { if $0.kind == .started { writeError($0.step.description) } } }
        if devices > 8, format == .text, isatty(2) == 1 {
            let progress = Progress(of: devices)
            return { if $0.kind == .started { progress.show($0.step) } }
        }
        return { _ in }
    }

    var output: Output { Output(format: format, isQuiet: quiet) }

    mutating func parse(_ arguments: inout FastArguments) throws {
        format = try arguments.choice("--format") ?? .text
        verbose = try arguments.flag("-v", "--verbose")
        quiet = try arguments.flag("-q", "--quiet")
    }
}

/// The output format.
enum OutputFormat: String, ExpressibleByArgument {
    /// Text for people.
    case text
    /// One JSON document, also after a failure.
    case json
}

/// The `--dry-run` option of the verbs that change something.
struct DryRunOption: FastParsable {
    @Flag(help: "Print the steps without changing anything.")
    var dryRun = false

    mutating func parse(_ arguments: inout FastArguments) throws {
        dryRun = try arguments.flag("--dry-run")
    }
}

/// The options that choose between the running container and its configuration.
struct ScopeOptions: FastParsable {
    @Flag(help: "Change the running container. This is the default. It can be combined with --config.")
    var live = false

    @Flag(help: "Change the configuration of the container, for its next start.")
    var config = false

    @Flag(
        help:
            "OpenVZ: let vzctl make the change, in the running container and with --config in its configuration, and verify it."
    )
    var throughVzctl = false

    /// Whether the running container is to be changed.
    var isLive: Bool { live || !config }
    /// The parts that vzctl is to change.
    var vzctl: VZCtlScope { VZCtlScope(isLive: isLive, isSaved: config) }

    mutating func parse(_ arguments: inout FastArguments) throws {
        live = try arguments.flag("--live")
        config = try arguments.flag("--config")
        throughVzctl = try arguments.flag("--through-vzctl")
    }
}

/// The container that a verb works on.
struct ContainerArgument: FastParsable {
    @Argument(help: "The container: ENGINE:NAME.")
    var container: String

    func reference() throws(PassthroughError) -> ContainerReference {
        try Self.reference(container)
    }

    static func reference(_ text: String) throws(PassthroughError) -> ContainerReference {
        do {
            return try ContainerReference(text)
        } catch {
            throw PassthroughError(.usage, error.description)
        }
    }

    mutating func parse(_ arguments: inout FastArguments) throws {
        container = try arguments.word()
    }
}
