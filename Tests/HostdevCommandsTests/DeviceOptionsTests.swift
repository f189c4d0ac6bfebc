import ArgumentParser
import HostdevModel
import Passthrough
import Testing

@testable import HostdevCommands

/// The short forms of devices mean what their documents mean.
@Suite struct DeviceOptionsTests {
    @Test(arguments: [
        (["--net", "eth0"], "<hostdev mode='capability'><source name='eth0'/></hostdev>"),
        (["--net", "eth0:lan0"], "<hostdev mode='capability'><source name='eth0'/><target name='lan0'/></hostdev>"),
        (["--net", "eth0:lan%d"], "<hostdev mode='capability'><source name='eth0'/><target name='lan%d'/></hostdev>"),
        (["--scsi", "sg3"], "<hostdev mode='capability' type='scsi'><source name='sg3'/></hostdev>"),
        (
            ["--scsi", "sg3@0:1:2:3"],
            "<hostdev mode='capability' type='scsi'><source name='sg3'/><target address='0:1:2:3'/></hostdev>"
        ),
        (
            ["--scsi", "/dev/tape/by-id/x"],
            "<hostdev mode='capability' type='scsi'><source name='/dev/tape/by-id/x'/></hostdev>"
        ),
        (["--misc", "/dev/fuse"], "<hostdev mode='capability' type='misc'><source dev='/dev/fuse'/></hostdev>"),
        // As lsusb and lspci print them: hexadecimal.
        (
            ["--usb", "0483:2016"],
            "<hostdev mode='bus' bus='usb'><source><vendor id='0x0483'/><product id='0x2016'/></source></hostdev>"
        ),
        (
            ["--pci", "0000:00:16.3"],
            "<hostdev mode='bus' bus='pci'><source><address domain='0' bus='0' slot='16' function='3'/></source></hostdev>"
        ),
    ])
    func meanTheirDocuments(arguments: [String], document: String) throws {
        let hostdevs = try DeviceOptions.parse(arguments).hostdevs()
        #expect(try hostdevs == HostdevDocument(parsing: Array(document.utf8), name: "test").hostdevs)
    }

    @Test(arguments: [
        ["--net", ""], ["--net", "eth0:"], ["--net", ":lan0"], ["--net", "a/b"], ["--net", "eth%d"],
        ["--scsi", "sg3@0:0:0"], ["--scsi", "sg3@"], ["--usb", "0483"], ["--pci", "00"], ["--misc", "fuse"],
    ])
    func wrongOnesAreRefused(arguments: [String]) throws {
        let options = try DeviceOptions.parse(arguments)
        let error = #expect(throws: PassthroughError.self) { try options.hostdevs() }
        #expect(error?.code == .invalidDocument)
    }
}
