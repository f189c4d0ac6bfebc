internal import ArgumentParser
internal import HostdevModel
internal import LinuxSystem
internal import Passthrough

/// The short forms of a document's devices: `--net eth0:lan0`, `--scsi sg3@0:0:0:0` and so on.
struct DeviceOptions: FastParsable {
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
        let (host, inside) = halves(of: text, at: ":")
        guard inside?.utf8.contains(UInt8(ascii: ":")) != true else {
            throw usage("--net", "'\(text)' is more than an interface and its name in the container, such as eth0:lan0")
        }
        var device = NetDevice(source: .name(try InterfaceName(host)))
        if let inside { device.targetName = try TargetName(inside) }
        return device
    }

    private static func scsi(_ text: String) throws -> SCSIDevice {
        let (unit, address) = halves(of: text, at: "@")
        let source: SCSIDevice.Source =
            unit.utf8.first == UInt8(ascii: "/") ? .path(try DevicePath(unit)) : .name(try NodeName(unit))
        var device = SCSIDevice(source: source)
        if let address {
            device.targetAddress = try parsed("--scsi") { () throws(InvalidValue) in try .init(address) }
        }
        return device
    }

    /// A path, and after a colon another. Paths have colons themselves, as those by the place of a PCI function do: the
    /// one before an absolute path is meant.
    private static func file(_ text: String) throws(InvalidValue) -> DeviceFile {
        let bytes = Substring(text).utf8
        let mark = bytes.indices.first { bytes[$0...].starts(with: ":/".utf8) }
        return DeviceFile(
            source: try DevicePath(Substring(bytes[..<(mark ?? bytes.endIndex)])),
            target: try mark.map { mark throws(InvalidValue) in try DevicePath(Substring(bytes[mark...].dropFirst())) })
    }

    /// What is before and behind a character: the first of its byte, for what follows may join it for people's eyes.
    private static func halves(of text: String, at separator: Unicode.Scalar) -> (Substring, Substring?) {
        text.halves(at: separator).map { ($0.before, $0.behind) } ?? (text[...], nil)
    }

    private static func usb(_ text: String) throws -> USBDevice {
        USBDevice(source: .id(try parsed("--usb") { () throws(InvalidValue) in try USBID(text) }, at: nil))
    }

    private static func pci(_ text: String) throws -> PCIDevice {
        PCIDevice(source: try parsed("--pci") { () throws(InvalidValue) in try PCIAddress(text) })
    }

    private static func parsed<Value>(
        _ option: String, _ read: () throws(InvalidValue) -> Value
    ) throws(PassthroughError) -> Value {
        do throws(InvalidValue) { return try read() } catch { throw usage(option, error.message) }
    }

    mutating func parse(_ arguments: inout FastArguments) throws {
        net = try arguments.values("--net")
        scsi = try arguments.values("--scsi")
        misc = try arguments.values("--misc")
        storage = try arguments.values("--storage")
        usb = try arguments.values("--usb")
        pci = try arguments.values("--pci")
    }
}
