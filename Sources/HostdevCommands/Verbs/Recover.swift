internal import ArgumentParser
internal import Passthrough

/// `hostdev recover`.
struct Recover: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Finishes or undoes what a killed run left, and takes back the devices of dead containers.",
        discussion: "Nodes of devices that have left the host go, and come again with the devices.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        try common.output.output.print(common.backend().recover())
    }
}
