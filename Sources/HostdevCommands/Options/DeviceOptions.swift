internal import ArgumentParser
internal import HostdevModel
internal import LinuxSystem
internal import Passthrough

/// The options that name devices without a document, such as `--net eth0:lan0` and `--scsi sg3@0:0:0:0`.
struct DeviceOptions: FastParsable {
    @Option(
        help: ArgumentHelp("A network interface of the host, and its name in the container.", valueName: "eth0[:lan0]"))
    var net: [String] = []

    @Option(
        help: ArgumentHelp("A SCSI device of the host, and its address in the container.", valueName: "sg3[@0:0:0:0]"))
    var scsi: [String] = []

    @Option(help: ArgumentHelp("A character device, and its path in the container.", valueName: "/dev/fuse[:/dev/x]"))
    var misc: [String] = []

    @Option(help: ArgumentHelp("A block device, and its path in the container.", valueName: "/dev/loop3[:/dev/x]"))
    var storage: [String] = []

    @OptionGroup var physical: PhysicalOptions

    @Option(
        help: ArgumentHelp(
            "Only these kinds of what the USB devices and PCI functions of the options present.", valueName: "usb,tty"))
    var only: String?

    @Option(help: ArgumentHelp("All kinds but these.", valueName: "usb,net"))
    var except: String?

    /// Returns the hostdevs that the options describe.
    func hostdevs() throws(PassthroughError) -> [Hostdev] {
        do {
            let kinds = try kinds()
            return try net.map { Hostdev(.net(try Self.net($0))) } + scsi.map { Hostdev(.scsi(try Self.scsi($0))) }
                + misc.map { Hostdev(.misc(try Self.file($0))) } + storage.map { Hostdev(.storage(try Self.file($0))) }
                + physical.usbSources().map { Hostdev(.usb(USBDevice(source: $0, kinds: kinds))) }
                + physical.pciAddresses().map { Hostdev(.pci(PCIDevice(source: $0, kinds: kinds))) }
        } catch let error as PassthroughError {
            throw error
        } catch let error as InvalidValue {
            throw PassthroughError(.invalidDocument, error.message)
        } catch {
            throw PassthroughError(.internal, "\(error)")
        }
    }

    /// Returns the error for a value without the syntax of its option.
    static func usage(_ option: String, _ reason: String) -> PassthroughError {
        PassthroughError(.usage, "\(option): \(reason)", hint: .words("hostdev help attach"))
    }

    private static func net(_ text: String) throws -> NetDevice {
        let (host, inside) = halves(of: text, at: ":")
        guard inside?.utf8.contains(UInt8(ascii: ":")) != true else {
            throw usage(
                "--net",
                "'\(text)' has too many colons: expected an interface and its name in the container, such as eth0:lan0")
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

    /// Parses `PATH[:PATH]`. A path can itself contain colons, for example a PCI address in /dev/disk/by-path. Only a
    /// colon before a slash separates the two.
    private static func file(_ text: String) throws(InvalidValue) -> DeviceFile {
        let bytes = Substring(text).utf8
        let mark = bytes.indices.first { bytes[$0...].starts(with: ":/".utf8) }
        return DeviceFile(
            source: try DevicePath(Substring(bytes[..<(mark ?? bytes.endIndex)])),
            target: try mark.map { mark throws(InvalidValue) in try DevicePath(Substring(bytes[mark...].dropFirst())) })
    }

    /// Splits a text at the first separator. It compares bytes: the separator and a combining character after it would
    /// be one `Character`.
    private static func halves(of text: String, at separator: Unicode.Scalar) -> (Substring, Substring?) {
        text.halves(at: separator).map { ($0.before, $0.behind) } ?? (text[...], nil)
    }

    /// Returns the kinds that `--only` or `--except` selects, for all physical devices of the options.
    private func kinds() throws -> LogicalKinds {
        guard only != nil || except != nil else { return .all }
        guard only == nil || except == nil else {
            throw Self.usage("--except", "--only is given too: one of them is allowed")
        }
        guard !physical.isEmpty else {
            throw Self.usage(only == nil ? "--except" : "--only", "it needs --usb or --pci")
        }
        if let only {
            return .only(try Self.parsed("--only") { () throws(InvalidValue) in try Set(kinds: only, separator: ",") })
        }
        return .except(
            try Self.parsed("--except") { () throws(InvalidValue) in try Set(kinds: except ?? "", separator: ",") })
    }

    static func parsed<Value>(
        _ option: String, _ read: () throws(InvalidValue) -> Value
    ) throws(PassthroughError) -> Value {
        do throws(InvalidValue) { return try read() } catch { throw usage(option, error.message) }
    }

    mutating func parse(_ arguments: inout FastArguments) throws {
        net = try arguments.values("--net")
        scsi = try arguments.values("--scsi")
        misc = try arguments.values("--misc")
        storage = try arguments.values("--storage")
        physical = try PhysicalOptions(from: &arguments)
        only = try arguments.value("--only")
        except = try arguments.value("--except")
    }
}
