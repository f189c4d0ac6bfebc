internal import ArgumentParser
internal import ContainerConfiguration
internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Passthrough

/// `hostdev attach`.
struct Attach: ParsableCommand, FastParsable {
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "Attaches devices to a running container: all of them or none.",
        discussion: "Attaches the devices of the document and those of the options together.")

    @OptionGroup var container: ContainerArgument

    @Argument(help: "A document, or - for standard input.")
    var file: String?

    @Option(
        defaultAsFlag: WaitLimit.timeout, parsing: .next,
        help: ArgumentHelp(
            "Wait for devices or a container that do not exist yet, at most for this time or for that of --timeout.",
            valueName: "seconds"))
    var wait: WaitLimit?

    @Flag(help: "Do not start a watcher, which returns the devices to the host when the container ends.")
    var noWatch = false

    @OptionGroup var devices: DeviceOptions
    @OptionGroup var scope: ScopeOptions
    @OptionGroup var dry: DryRunOption
    @OptionGroup var common: CommonOptions

    func validate() throws { try WaitLimit.validate(wait, scope) }

    mutating func parse(_ arguments: inout FastArguments) throws {
        devices = try DeviceOptions(from: &arguments)
        scope = try ScopeOptions(from: &arguments)
        dry = try DryRunOption(from: &arguments)
        common = try CommonOptions(from: &arguments)
        noWatch = try arguments.flag("--no-watch")
        wait = nil
        container = try ContainerArgument(from: &arguments)
        file = try arguments.optionalWord()
    }

    func run() throws {
        let document = try file.map { try readDocument($0, timeout: common.timeout) }
        let hostdevs = try (document?.hostdevs ?? []) + devices.hostdevs()
        guard document != nil || !hostdevs.isEmpty else {
            throw PassthroughError(
                .usage, "nothing to attach", hint: .words("give a FILE, or an option such as --net or --scsi"))
        }
        if hostdevs.isEmpty { writeError("warning: \(file ?? "-") has no hostdevs: nothing is attached") }
        Interruption.begin()
        var backend = try common.backend(devices: hostdevs.count)
        if !noWatch { backend.whenRecorded = { [backend] in startWatcher(of: backend) } }
        let (outcome, steps) = try attach(hostdevs, to: container.reference(), backend)
        if dry.dryRun { return try common.output.output.print(steps, outcome.unrestorable) }
        try common.output.output.print(outcome)
    }

    /// Attaches the devices through vzctl, or to the configuration and the running container, or to the latter only.
    private func attach(
        _ hostdevs: [Hostdev], to reference: ContainerReference, _ backend: Backend
    ) throws -> (outcome: Outcome, steps: [Step]) {
        if scope.throughVzctl {
            return try printingWarnings(
                backend.attachThroughVZCtl(hostdevs, to: reference, scope: scope.vzctl, dryRun: dry.dryRun))
        }
        let limit = wait.map { $0.seconds ?? common.timeout }
        let live: LiveChange = { reference throws(PassthroughError) in
            guard let limit else { return try backend.attach(hostdevs, to: reference, dryRun: dry.dryRun) }
            return try backend.attach(
                hostdevs, to: reference, waiting: .milliseconds(Int(limit * 1_000)), dryRun: dry.dryRun)
        }
        guard scope.config else { return try live(reference) }
        return try printingWarnings(
            backend.attachConfigured(hostdevs, to: reference, dryRun: dry.dryRun, live: scope.live ? live : nil))
    }
}

/// Prints the warnings of a configuration change to standard error, and returns the rest of the result.
func printingWarnings(_ result: ConfigurationOutcome) -> (outcome: Outcome, steps: [Step]) {
    for warning in result.warnings { writeError("warning: \(warning)") }
    return (result.outcome, result.steps)
}
