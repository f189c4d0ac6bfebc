internal import ArgumentParser
internal import HostdevModel
internal import LinuxSystem
internal import Passthrough

/// `hostdev attach`.
struct Attach: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "Attaches devices to a running container, all or none.",
        discussion: "The devices are those of the document and those of the options together.")

    @OptionGroup var container: ContainerArgument

    @Argument(help: "A document with hostdevs, - for standard input.")
    var file: String?

    @OptionGroup var devices: DeviceOptions
    @OptionGroup var dry: DryRunOption
    @OptionGroup var common: CommonOptions

    func run() throws {
        let document = try file.map { try readDocument($0, timeout: common.timeout) }
        let hostdevs = try (document?.hostdevs ?? []) + devices.hostdevs()
        guard document != nil || !hostdevs.isEmpty else {
            throw PassthroughError(.usage, "nothing to attach", hint: "give a FILE, or --net, --scsi and the like")
        }
        Interruption.begin()
        let (outcome, steps) = try common.backend(devices: hostdevs.count).attach(
            hostdevs, to: container.reference(), dryRun: dry.dryRun)
        if dry.dryRun { return try common.output.output.print(steps) }
        try common.output.output.print(outcome)
    }
}
