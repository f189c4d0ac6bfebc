internal import ArgumentParser
internal import Containers
internal import Glibc
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

/// The options of the verbs that look at or change what is attached.
struct CommonOptions: FastParsable {
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("Where records and locks are.", valueName: "dir"))
    var stateDir = "/run/hostdev"

    @Option(
        help: ArgumentHelp(
            "How long to wait for another run that works on the same, and where --wait is given for devices.",
            valueName: "seconds"))
    var timeout = 10.0

    @Flag(help: "Override a guard; its refusal says when that is possible.")
    var force = false

    func validate() throws {
        try validateTimeout(timeout)
        guard stateDir.hasPrefix("/") else { throw ValidationError("--state-dir takes an absolute path") }
    }

    /// The backend with these settings. `devices` is how many a run will work on, for the progress that a person sees.
    ///
    /// Throws where proc(5) is not mounted: every container would look as if it had ended.
    func backend(devices: Int = 0) throws(PassthroughError) -> Backend {
        guard isProcMounted() else {
            throw PassthroughError(
                .kernel, "/proc does not show this process, so nothing can be said of any container",
                hint: "mount -t proc proc /proc")
        }
        var backend = Backend(
            state: StateDirectory(FilePath(stateDir)), timeout: .milliseconds(Int(timeout * 1_000)), force: force,
            observe: output.observer(devices: devices), warn: { writeError("warning: \($0)") },
            isInterrupted: { Interruption.isPending })
        let said = ErrorLines()
        backend.setAside = { said.say("hostdev: warning: \($0); it is left alone") }
        return backend
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
    @Option(help: ArgumentHelp("How long to wait for a document that comes through a pipe.", valueName: "seconds"))
    var timeout = 10.0

    func validate() throws { try validateTimeout(timeout) }
}

private func validateTimeout(_ seconds: Double) throws {
    guard seconds >= 0, seconds <= 1e6 else { throw ValidationError("--timeout takes seconds, from 0") }
}

/// The options of every verb.
struct OutputOptions: FastParsable {
    @Option(help: "How to print.")
    var format = OutputFormat.text

    @Flag(name: .shortAndLong, help: "Say each step as it happens.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false

    /// Says each step, or how far a large batch is, or nothing.
    func observer(devices: Int) -> @Sendable (Step) -> Void {
        if quiet { return { _ in } }
        if verbose { return { writeError($0.description) } }
        if devices > 8, format == .text, isatty(2) == 1 {
            let progress = Progress(of: devices)
            return { progress.show($0) }
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

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument {
    /// For people.
    case text
    /// One document, whatever happens.
    case json
}

/// `--dry-run`, for the verbs that change something.
struct DryRunOption: FastParsable {
    @Flag(help: "Print the steps and change nothing.")
    var dryRun = false

    mutating func parse(_ arguments: inout FastArguments) throws {
        dryRun = try arguments.flag("--dry-run")
    }
}

/// `--live` and `--config`, for the verbs that can do with either.
struct ScopeOptions: FastParsable {
    @Flag(help: "The running container: the default, and --config goes with it.")
    var live = false

    @Flag(help: "The container's configuration, for its next start.")
    var config = false

    @Flag(
        help:
            "Have OpenVZ's vzctl do it, and verify that it has: in the running container, and with --config in its conf."
    )
    var throughVzctl = false

    /// Whether the running container is meant.
    var isLive: Bool { live || !config }
    /// What vzctl is to change.
    var vzctl: VZCtlScope { VZCtlScope(isLive: isLive, isSaved: config) }

    mutating func parse(_ arguments: inout FastArguments) throws {
        live = try arguments.flag("--live")
        config = try arguments.flag("--config")
        throughVzctl = try arguments.flag("--through-vzctl")
    }
}

/// The container that a verb works on.
struct ContainerArgument: FastParsable {
    @Argument(help: "The container, ENGINE:NAME.")
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
