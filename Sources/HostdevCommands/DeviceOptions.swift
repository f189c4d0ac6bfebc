internal import ArgumentParser
internal import HostdevModel
internal import Passthrough

/// The short forms of a document's devices: `--net eth0:lan0`, `--scsi sg3@0:0:0:0` and so on.
struct DeviceOptions: PlainlyReadable {
    @Option(help: ArgumentHelp("An interface of the host's, and its name in the container.", valueName: "eth0[:lan0]"))
    var net: [String] = []

    @Option(help: ArgumentHelp("A SCSI unit, and its address in the container.", valueName: "sg3[@0:0:0:0]"))
    var scsi: [String] = []

    @Option(help: ArgumentHelp("A device node.", valueName: "/dev/fuse"))
    var misc: [String] = []

    @Option(help: ArgumentHelp("A USB device, by vendor and product.", valueName: "0483:2016"))
    var usb: [String] = []

    @Option(help: ArgumentHelp("A PCI function.", valueName: "0000:00:16.3"))
    var pci: [String] = []

    /// The hostdevs that a document with the same meaning would have.
    func hostdevs() throws(PassthroughError) -> [Hostdev] {
        do {
            return try net.map { Hostdev(.net(try Self.net($0))) } + scsi.map { Hostdev(.scsi(try Self.scsi($0))) }
                + misc.map { Hostdev(.misc(MiscDevice(source: try DevicePath($0)))) }
                + usb.map { Hostdev(.usb(try Self.usb($0))) }
                + pci.map { Hostdev(.pci(PCIDevice(source: try PCIAddress($0)))) }
        } catch let error as PassthroughError {
            throw error
        } catch let error as InvalidValue {
            throw PassthroughError(.invalidDocument, error.message)
        } catch {
            throw PassthroughError(.internal, "\(error)")
        }
    }

    private static func net(_ text: String) throws(InvalidValue) -> NetDevice {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var device = NetDevice(source: .name(try InterfaceName(parts[0])))
        if parts.count == 2 {
            device.targetName =
                parts[1].contains("%")
                ? .pattern(try InterfaceNamePattern(parts[1])) : .name(try InterfaceName(parts[1]))
        }
        return device
    }

    private static func scsi(_ text: String) throws(InvalidValue) -> SCSIDevice {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let source: SCSIDevice.Source =
            parts[0].hasPrefix("/") ? .path(try DevicePath(parts[0])) : .name(try NodeName(parts[0]))
        var device = SCSIDevice(source: source)
        if parts.count == 2 { device.targetAddress = try SCSIAddress(parts[1]) }
        return device
    }

    private static func usb(_ text: String) throws -> USBDevice {
        USBDevice(source: .id(try USBID(text), at: nil))
    }

    mutating func take(from arguments: inout PlainArguments) throws {
        net = try arguments.values("--net")
        scsi = try arguments.values("--scsi")
        misc = try arguments.values("--misc")
        usb = try arguments.values("--usb")
        pci = try arguments.values("--pci")
    }
}
