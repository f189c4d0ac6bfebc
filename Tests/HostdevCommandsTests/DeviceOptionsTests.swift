import ArgumentParser
import HostdevModel
import Passthrough
import Testing

@testable import HostdevCommands

/// The options for devices have the same meaning as documents.
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
        (
            ["--misc", "/dev/fuse:/dev/x/y"],
            "<hostdev mode='capability' type='misc'><source dev='/dev/fuse'/><target dev='/dev/x/y'/></hostdev>"
        ),
        // A path has colons too.
        (
            ["--storage", "/dev/disk/by-path/pci-0000:00:1f.2-ata-1"],
            "<hostdev mode='capability' type='storage'><source dev='/dev/disk/by-path/pci-0000:00:1f.2-ata-1'/></hostdev>"
        ),
        (
            ["--storage", "/dev/disk/by-path/pci-0000:00:1f.2-ata-1:/dev/sdx"],
            """
            <hostdev mode='capability' type='storage'><source dev='/dev/disk/by-path/pci-0000:00:1f.2-ata-1'/>\
            <target dev='/dev/sdx'/></hostdev>
            """
        ),
        // As lsusb and lspci print them: hexadecimal.
        (
            ["--usb", "0483:2016"],
            "<hostdev mode='bus' bus='usb'><source><vendor id='0x0483'/><product id='0x2016'/></source></hostdev>"
        ),
        (
            ["--pci", "0000:00:16.3"],
            "<hostdev mode='bus' bus='pci'><source><address domain='0' bus='0' slot='16' function='3'/></source></hostdev>"
        ),
        (
            ["--usb", "0403:6001:A5:B6"],
            """
            <hostdev mode='bus' bus='usb'><source><vendor id='0x0403'/><product id='0x6001'/><serial value='A5:B6'/>\
            </source></hostdev>
            """
        ),
        (["--usb", "3:6"], "<hostdev mode='bus' bus='usb'><source><address bus='3' dev='6'/></source></hostdev>"),
        (["--usb", "003/006"], "<hostdev mode='bus' bus='usb'><source><address bus='3' dev='6'/></source></hostdev>"),
        (
            ["--usb", "port:3-1.2"],
            "<hostdev mode='bus' bus='usb'><source><address bus='3' port='1.2'/></source></hostdev>"
        ),
        (
            ["--usb", "port:pci-0000:00:0a.0-usb-0:1.2", "--only", "usb,tty"],
            """
            <hostdev mode='bus' bus='usb'><source><address port='1.2' controller='0000:00:0a.0'/></source>\
            <target only='tty usb'/></hostdev>
            """
        ),
        (
            ["--pci", "00:16.3", "--except", "net"],
            """
            <hostdev mode='bus' bus='pci'><source><address domain='0' bus='0' slot='16' function='3'/></source>\
            <target except='net'/></hostdev>
            """
        ),
    ])
    func meanTheirDocuments(arguments: [String], document: String) throws {
        let hostdevs = try DeviceOptions.parse(arguments).hostdevs()
        #expect(try hostdevs == HostdevDocument(parsing: Array(document.utf8), name: "test").hostdevs)
    }

    @Test(arguments: [
        ["--net", ""], ["--net", "eth0:"], ["--net", ":lan0"], ["--net", "a/b"], ["--net", "eth%d"],
        ["--misc", "fuse"], ["--storage", "loop3"], ["--storage", "/dev/loop3:/"], ["--storage", ":/dev/x"],
    ])
    func wrongNamesAreRefused(arguments: [String]) throws {
        let options = try DeviceOptions.parse(arguments)
        let error = #expect(throws: PassthroughError.self) { try options.hostdevs() }
        #expect(error?.code == .invalidDocument)
    }

    @Test(arguments: [
        ["--only", "usb"], ["--net", "eth0", "--except", "usb"], ["--usb", "3:6", "--only", "usb", "--except", "tty"],
    ])
    func kindsOfNothingAreUsage(arguments: [String]) throws {
        let options = try DeviceOptions.parse(arguments)
        #expect(throws: PassthroughError.self) { try options.hostdevs() }
    }

    /// A value without the syntax of its option is wrong usage, and the message names the syntax.
    @Test(arguments: [
        (["--net", "a:b:c"], "such as eth0:lan0"), (["--net", "eth0:lan0:"], "such as eth0:lan0"),
        (["--usb", "zzz"], "such as 0483:2016"), (["--usb", "0483"], "such as 0483:2016"),
        (["--usb", ""], "such as 0483:2016"), (["--pci", "00"], "such as 0000:00:16.3"),
        (["--pci", "zzz"], "such as 0000:00:16.3"), (["--scsi", "sg3@0:0:0"], "such as"),
        (["--scsi", "sg3@"], "such as"), (["--usb", "483:2016"], "such as 3:6"), (["--usb", "300:400"], "such as 3:6"),
        (["--usb", "port:3"], "such as 3-1.2"), (["--usb", "0403:6001:"], "such as A50285BI"),
        (["--only", "usb,x", "--usb", "0403:6001"], "usb, tty"),
    ])
    func wrongFormsAreUsage(arguments: [String], allowed: String) throws {
        let options = try DeviceOptions.parse(arguments)
        let error = #expect(throws: PassthroughError.self) { try options.hostdevs() }
        #expect(error?.code == .usage)
        #expect(error?.message.contains(allowed) == true && error?.message.contains(arguments[0]) == true, "\(error)")
    }
}
