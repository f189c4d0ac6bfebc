internal import ArgumentParser
internal import HostdevModel
internal import LinuxSystem
internal import Passthrough

/// `hostdev apply`.
struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Attaches and detaches devices so that a running container has exactly those of a document.",
        discussion: """
            Missing devices are attached, devices that the document does not have are detached, and all others are left \
            alone. A device whose settings differ is detached and attached again. A second run does nothing. With \
            --dry-run the exit status is 2 if there is something to do.
            """)

    @OptionGroup var container: ContainerArgument

    @Argument(help: "The document, or - for standard input.")
    var file: String

    @Flag(help: "Do not start a watcher, which returns the devices to the host when the container ends.")
    var noWatch = false

    @OptionGroup var dry: DryRunOption
    @OptionGroup var common: CommonOptions

    func run() throws {
        let hostdevs = try readDocument(file, timeout: common.timeout).hostdevs
        Interruption.begin()
        var backend = try common.backend(devices: hostdevs.count)
        if !noWatch { backend.whenRecorded = { [backend] in startWatcher(of: backend) } }
        let (outcome, steps) = try backend.apply(hostdevs, to: container.reference(), dryRun: dry.dryRun)
        guard dry.dryRun else { return try common.output.output.print(outcome) }
        try common.output.output.print(steps, outcome.unrestorable)
        if !steps.isEmpty { throw ExitStatus.drift }
    }
}
