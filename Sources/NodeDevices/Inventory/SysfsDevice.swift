internal import ByteStrings
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// A device in sysfs, by its own directory: sysfs(5), Linux, `Documentation/admin-guide/sysfs-rules.rst`.
struct SysfsDevice {
    let directory: FilePath
    let subsystem: String
    /// The properties in its `uevent`: `MAJOR`, `DEVNAME`, `DEVTYPE`.
    let properties: [String: String]
    let udev: UdevEntry

    /// Reads the device to which a link of a bus or a class leads. Returns nil when it has gone.
    init?(_ link: FilePath, subsystem: String, udev database: FilePath) {
        guard let directory = try? linkedDirectory(link), let properties = try? uevent(of: directory) else {
            return nil
        }
        self.directory = directory
        self.subsystem = subsystem
        self.properties = properties
        udev = UdevEntry(database.appending(Self.udevID(properties, subsystem, directory.lastComponent?.string ?? "")))
    }

    /// Returns the name of its file in udev's database, which is its number when it has one.
    private static func udevID(_ properties: [String: String], _ subsystem: String, _ name: String) -> String {
        if let major = properties["MAJOR"], let minor = properties["MINOR"] {
            return "\(subsystem == "block" ? "b" : "c")\(major):\(minor)"
        }
        if let index = properties["IFINDEX"] { return "n\(index)" }
        return "+\(subsystem):\(name)"
    }

    /// The kernel's name.
    var name: String { directory.lastComponent?.string ?? "" }

    /// Returns the text of an attribute without the space around it, or nil when there is none at present.
    func text(_ attribute: String) -> String? {
        guard let text = try? readText(directory.pushing(FilePath(attribute))).trimmed, !text.isEmpty else {
            return nil
        }
        return text
    }

    /// Returns the number in an attribute, in digits of a base, with or without `0x`.
    func number<Number: FixedWidthInteger>(_ attribute: String, radix: Int = 10) -> Number? {
        guard let text = text(attribute) else { return nil }
        return Number(text.hasPrefix("0x") ? text.dropFirst(2) : text[...], radix: radix)
    }

    /// The path of its node. Nil when it has none.
    var node: DevicePath? { properties["DEVNAME"].flatMap { try? DevicePath("/dev/\($0)") } }

    /// The name of its driver; for an interface or a disk, the driver of the device that provides it.
    private var driver: String? {
        let link = ["net", "block"].contains(subsystem) ? "device/driver" : "driver"
        return (try? readLink(directory.pushing(FilePath(link)))).flatMap { FilePath($0).lastComponent?.string }
    }

    /// Its entry in the inventory, without the parent. Nil for a device that is not listed.
    var nodeDevice: NodeDevice? {
        guard let (capability, extra) = capability else { return nil }
        return NodeDevice(
            name: NodeDeviceName(subsystem: subsystem, name, extra), path: try? DevicePath(directory.string),
            node: node,
            links: node == nil ? [] : udev.links, driver: driver, capabilities: [capability])
    }

    /// Its capability, and what its name in the inventory contains besides the kernel's name, which another device may get
    /// later.
    private var capability: (NodeCapability, extra: String?)? {
        switch subsystem {
        case "net": NetCapability(self).map { (.net($0), $0.address?.description) }
        case "block": StorageCapability(self).map { (.storage($0), $0.serial) }
        case "pci": PCICapability(self).map { (.pci($0), nil) }
        case "usb": USBCapability(self).map { (.usb($0), nil) }
        case "scsi_generic": node.map { (.scsiGeneric($0), nil) }
        default: scsiCapability.map { ($0, nil) }
        }
    }
}

/// A device's entry in the database of udev(7). Empty when no udev runs.
struct UdevEntry {
    /// The symbolic links to its node, sorted.
    let links: [DevicePath]
    private let properties: [Substring: Substring]

    init(_ file: FilePath) {
        var links: [DevicePath] = []
        var properties: [Substring: Substring] = [:]
        for line in ((try? readText(file)) ?? "").lines {
            guard let (kind, rest) = line.halves(at: ":") else { continue }
            if kind == "S", let link = try? DevicePath("/dev/\(rest)") { links.append(link) }
            if kind == "E", let (name, value) = rest.halves(at: "=") { properties[name] = value }
        }
        self.links = links.sorted { ByteString($0.description) < ByteString($1.description) }
        self.properties = properties
    }

    /// Returns a property, `ID_SERIAL_SHORT`.
    subscript(name: Substring) -> String? { properties[name].map(String.init) }
}
