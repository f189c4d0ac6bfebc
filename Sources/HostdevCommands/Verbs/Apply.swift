internal import ArgumentParser
internal import HostdevModel
internal import LinuxSystem
internal import Passthrough

/// `hostdev apply`.
struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Makes the devices of a running container be exactly those of a document.",
        discussion: """
            Attaches what is missing, takes back what is too many, and leaves the rest alone: a second run does nothing. \
            What has other settings in the document is taken back and attached anew. With --dry-run it exits with 2 when \
            there is something to do.
            """)

    @OptionGroup var container: ContainerArgument

    @Argument(help: "A document with hostdevs, - for standard input.")
    var file: String

    @Flag(help: "Start no watcher, which would take the devices home when the container ends.")
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
        try common.output.output.print(steps, outcome.losses)
        if !steps.isEmpty { throw ExitStatus.drift }
    }
}
