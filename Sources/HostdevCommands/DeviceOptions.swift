internal import ArgumentParser
internal import HostdevModel
internal import Passthrough

/// The short forms of a document's devices: `--net eth0:lan0`, `--scsi sg3@0:0:0:0` and so on.
struct DeviceOptions: PlainlyReadable {
    @Option(help: ArgumentHelp("An interface of the host's, and its name in the container.", valueName: "eth0[:lan0]"))
    var net: [String] = []

    @Option(help: ArgumentHelp("A SCSI unit, and its address in the container.", valueName: "sg3[@0:0:0:0]"))
    var scsi: [String] = []

    @Option(help: ArgumentHelp("A character device, and its path in the container.", valueName: "/dev/fuse[:/dev/x]"))
    var misc: [String] = []

    @Option(help: ArgumentHelp("A block device, and its path in the container.", valueName: "/dev/loop3[:/dev/x]"))
    var storage: [String] = []

    @Option(help: ArgumentHelp("A USB device, by vendor and product.", valueName: "0483:2016"))
    var usb: [String] = []

    @Option(help: ArgumentHelp("A PCI function.", valueName: "0000:00:16.3"))
    var pci: [String] = []

    /// The hostdevs that a document with the same meaning would have.
    func hostdevs() throws(PassthroughError) -> [Hostdev] {
        do {
            return try net.map { Hostdev(.net(try Self.net($0))) } + scsi.map { Hostdev(.scsi(try Self.scsi($0))) }
                + misc.map { Hostdev(.misc(try Self.file($0))) } + storage.map { Hostdev(.storage(try Self.file($0))) }
                + usb.map { Hostdev(.usb(try Self.usb($0))) } + pci.map { Hostdev(.pci(try Self.pci($0))) }
        } catch let error as PassthroughError {
            throw error
        } catch let error as InvalidValue {
            throw PassthroughError(.invalidDocument, error.message)
        } catch {
            throw PassthroughError(.internal, "\(error)")
        }
    }

    /// A value that does not have the form of its option: what it says is not asked yet.
    private static func usage(_ option: String, _ reason: String) -> PassthroughError {
        PassthroughError(.usage, "\(option): \(reason)", hint: "hostdev help attach")
    }

    private static func net(_ text: String) throws -> NetDevice {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count < 3 else {
            throw usage("--net", "'\(text)' is more than an interface and its name in the container, such as eth0:lan0")
        }
        var device = NetDevice(source: .name(try InterfaceName(parts[0])))
        if parts.count == 2 {
            device.targetName =
                parts[1].contains("%")
                ? .pattern(try InterfaceNamePattern(parts[1])) : .name(try InterfaceName(parts[1]))
        }
        return device
    }

    private static func scsi(_ text: String) throws -> SCSIDevice {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let source: SCSIDevice.Source =
            parts[0].hasPrefix("/") ? .path(try DevicePath(parts[0])) : .name(try NodeName(parts[0]))
        var device = SCSIDevice(source: source)
        if parts.count == 2 {
            device.targetAddress = try formed("--scsi") { () throws(InvalidValue) in try .init(parts[1]) }
        }
        return device
    }

    /// A path, and after a colon another. Paths have colons themselves, as those by the place of a PCI function do: the
    /// one before an absolute path is meant.
    private static func file(_ text: String) throws(InvalidValue) -> DeviceFile {
        let parts = text.split(separator: ":/", maxSplits: 1, omittingEmptySubsequences: false)
        return DeviceFile(
            source: try DevicePath(parts[0]), target: parts.count == 2 ? try DevicePath("/" + parts[1]) : nil)
    }

    private static func usb(_ text: String) throws -> USBDevice {
        USBDevice(source: .id(try formed("--usb") { () throws(InvalidValue) in try USBID(text) }, at: nil))
    }

    private static func pci(_ text: String) throws -> PCIDevice {
        PCIDevice(source: try formed("--pci") { () throws(InvalidValue) in try PCIAddress(text) })
    }

    private static func formed<Value>(
        _ option: String, _ read: () throws(InvalidValue) -> Value
    ) throws(PassthroughError) -> Value {
        do throws(InvalidValue) { return try read() } catch { throw usage(option, error.message) }
    }

    mutating func take(from arguments: inout PlainArguments) throws {
        net = try arguments.values("--net")
        scsi = try arguments.values("--scsi")
        misc = try arguments.values("--misc")
        storage = try arguments.values("--storage")
        usb = try arguments.values("--usb")
        pci = try arguments.values("--pci")
    }
}
