import HostdevModel
import Testing

@testable import HostdevCommands

@Suite struct OutputTests {
    @Test func cellsAreEscapedBeforeTheyAreMeasured() {
        #expect(table(["A", "B"], [["\n", "x"], ["abc", "y"]]) == ["A    B", "\\n   x", "abc  y"])
    }

    /// The format is known even if the rest of the command line is wrong, so that the error is printed in it.
    @Test(arguments: [
        (["list", "--format", "json"], OutputFormat.json),
        (["list", "--format=json"], .json),
        (["list", "--bogus", "--format", "json"], .json),
        (["list", "--format", "text"], .text),
        (["list", "json", "--format"], .text),
        ([], .text),
    ])
    func formatOfAnErrorIsThatOfTheCommandLine(arguments: [String], format: OutputFormat) {
        #expect(Output(arguments: arguments).format == format)
    }

    /// The layout is that of `virsh nodedev-list --tree`.
    @Test func devicesAreShownAsATree() throws {
        func device(_ name: String, below parent: String?) throws -> NodeDevice {
            NodeDevice(name: try NodeDeviceName(name), parent: try parent.map { try NodeDeviceName($0) })
        }
        let devices = try [
            device("computer", below: nil), device("net_lo", below: "computer"), device("pci_1", below: "computer"),
            device("net_eth0", below: "pci_1"), device("net_eth1", below: "pci_1"), device("pci_2", below: "computer"),
        ]
        let tree = """
            computer
              |
              +- net_lo
              +- pci_1
              |   |
              |   +- net_eth0
              |   +- net_eth1
              |
              +- pci_2
            """
        #expect(DeviceTree(devices).lines.joined(separator: "\n") == tree)
    }
}
