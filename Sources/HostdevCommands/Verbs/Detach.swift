internal import ArgumentParser
internal import ContainerConfiguration
internal import Containers
internal import HostdevModel
internal import Passthrough

/// `hostdev detach`.
struct Detach: ParsableCommand, FastParsable {
    static let configuration = CommandConfiguration(
        commandName: "detach", abstract: "Detaches devices from a container, and restores them on the host.",
        discussion: "The container may have ended already.")

    @OptionGroup var container: ContainerArgument

    @Argument(help: "A document, or - for standard input.")
    var file: String?

    @Option(help: ArgumentHelp("A network interface: its name on the host or in the container.", valueName: "name"))
    var net: [String] = []

    @Option(help: ArgumentHelp("A SCSI device: its name, address or WWID on the host.", valueName: "name"))
    var scsi: [String] = []

    @Option(
        help: ArgumentHelp("A character device: its node on the host or in the container.", valueName: "dev"))
    var misc: [String] = []

    @Option(
        help: ArgumentHelp("A block device: its node on the host or in the container.", valueName: "dev"))
    var storage: [String] = []

    @OptionGroup var physical: PhysicalOptions

    @Option(help: ArgumentHelp("A device: the alias in its document.", valueName: "name"))
    var alias: [String] = []

    @Option(help: ArgumentHelp("A device: its id as shown by list --format json.", valueName: "id"))
    var id: [String] = []

    @Flag(help: "Detach all devices of the container.")
    var all = false

    @Flag(help: "Do not fail if a device is not attached.")
    var ifAttached = false

    @Option(
        defaultAsFlag: WaitLimit.timeout, parsing: .next,
        help: ArgumentHelp(
            "Wait until no process has a detached device open, at most for this time or for that of --timeout.",
            valueName: "seconds"))
    var wait: WaitLimit?

    @OptionGroup var scope: ScopeOptions
    @OptionGroup var dry: DryRunOption
    @OptionGroup var common: CommonOptions

    func validate() throws { try WaitLimit.validate(wait, scope) }

    mutating func parse(_ arguments: inout FastArguments) throws {
        net = try arguments.values("--net")
        scsi = try arguments.values("--scsi")
        misc = try arguments.values("--misc")
        storage = try arguments.values("--storage")
        physical = try PhysicalOptions(from: &arguments)
        alias = try arguments.values("--alias")
        id = try arguments.values("--id")
        all = try arguments.flag("--all")
        ifAttached = try arguments.flag("--if-attached")
        scope = try ScopeOptions(from: &arguments)
        dry = try DryRunOption(from: &arguments)
        common = try CommonOptions(from: &arguments)
        wait = nil
        container = try ContainerArgument(from: &arguments)
        file = try arguments.optionalWord()
    }

    func run() throws {
        let document = try file.map { try readDocument($0, timeout: common.timeout) }
        let selectors =
            try (document?.hostdevs ?? []).map(DeviceSelector.hostdev) + net.map(DeviceSelector.net)
            + scsi.map(DeviceSelector.scsi) + (misc + storage).map(DeviceSelector.node)
            + physical.usbSources().map(DeviceSelector.usb) + physical.pciAddresses().map(DeviceSelector.pci)
            + alias.map(DeviceSelector.alias) + id.map(DeviceSelector.id)
            + (all ? [.all] : [])
        guard document != nil || !selectors.isEmpty else {
            throw PassthroughError(
                .usage, "nothing to detach",
                hint: .words("give a FILE, or --net, --scsi, --misc, --storage, --usb, --pci, --alias, --id, or --all"))
        }
        if selectors.isEmpty { writeError("warning: \(file ?? "-") has no hostdevs: nothing is detached") }
        let (outcome, steps) = try detach(selectors, from: container.reference(), common.backend())
        if dry.dryRun { return try common.output.output.print(steps) }
        try common.output.output.print(outcome)
        // The device is detached, but processes still have it open after the wait.
        if wait != nil, !outcome.openHandles.isEmpty { throw ExitStatus.temporary }
    }

    /// Detaches the devices through vzctl, or from the configuration and the running container, or from the latter only.
    private func detach(
        _ selectors: [DeviceSelector], from reference: ContainerReference, _ backend: Backend
    ) throws -> (outcome: Outcome, steps: [Step]) {
        if scope.throughVzctl {
            return try printingWarnings(
                backend.detachThroughVZCtl(
                    selectors, from: reference, scope: scope.vzctl, ifAttached: ifAttached, dryRun: dry.dryRun))
        }
        let limit = wait.map { $0.seconds ?? common.timeout } ?? 0
        let live: LiveChange = { reference throws(PassthroughError) in
            try backend.detach(
                selectors, from: reference, ifAttached: ifAttached, waiting: .milliseconds(Int(limit * 1_000)),
                dryRun: dry.dryRun, alsoConfigured: scope.config)
        }
        guard scope.config else { return try live(reference) }
        return try printingWarnings(
            backend.detachConfigured(
                selectors, from: reference, ifAttached: ifAttached, dryRun: dry.dryRun, live: scope.live ? live : nil))
    }
}
