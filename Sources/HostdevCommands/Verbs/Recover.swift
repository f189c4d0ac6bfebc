internal import ArgumentParser
internal import Passthrough

/// `hostdev recover`.
struct Recover: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Completes or undoes interrupted runs, and returns the devices of ended containers to the host.",
        discussion: """
            The nodes of a device that was unplugged are removed from its container, and created again once the device \
            is back. Device rules that were lost are added again.
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        try common.output.output.print(common.backend().recover())
    }
}
