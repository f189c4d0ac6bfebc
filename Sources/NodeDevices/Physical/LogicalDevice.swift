public import HostdevModel
public import LinuxSystem
internal import SystemPackage

/// A logical device that a physical device presents: a node, a network interface, or a radio.
public struct LogicalDevice: Hashable, Sendable {
    /// What a container gets of it.
    public enum Content: Hashable, Sendable {
        /// A device node: its number, and its path below `/dev` as the kernel names it.
        case node(DeviceNumber, path: String)
        /// A network interface of the network namespace in which sysfs was mounted: its name and number.
        case interface(name: String, index: Int32)
        /// A radio: its number.
        case radio(index: UInt32)
    }

    /// The kind.
    public let kind: LogicalKind
    /// Its directory below that of the physical device: `3-1.2:1.0/ttyUSB0/tty/ttyUSB0`; empty for the device's own node.
    public let place: String
    /// What a container gets of it.
    public let content: Content

    /// The kernel's name.
    public var name: String {
        switch content {
        case .node(_, let path): path
        case .interface(let name, _): name
        case .radio: place.split(separator: "/").last.map(String.init) ?? place
        }
    }
}

/// What is below a physical device in sysfs.
public struct PhysicalContents: Hashable, Sendable {
    /// The logical devices, by place.
    public var devices: [LogicalDevice] = []
    /// The names of the physical devices that are connected to it.
    public var connected: [String] = []

    /// Contents of some logical devices.
    public init(devices: [LogicalDevice] = []) {
        self.devices = devices
    }
}

extension PhysicalDevice {
    /// Returns what the device presents now, and which physical devices are connected to it, which present theirs themselves.
    ///
    /// It walks the directories below that of the device and follows no links, to the next USB device or PCI function. Network
    /// interfaces that were moved to another network namespace are not there.
    ///
    /// - Throws: `kernel` when sysfs cannot be read.
    public func contents() throws(NodeDeviceError) -> PhysicalContents {
        var contents = PhysicalContents()
        try visit(directory, "", &contents)
        return contents
    }

    private func visit(
        _ directory: FilePath, _ place: String, _ contents: inout PhysicalContents
    ) throws(NodeDeviceError) {
        let found = try reading("what \(name) presents") { () throws(SystemError) in
            (try entry(directory, place), try kernelDirectories(in: directory))
        }
        // It has gone meanwhile.
        guard let (entry, names) = found else { return }
        switch entry {
        case .other: break
        case .physical:
            contents.connected.append(directory.lastComponent?.string ?? "")
            return
        case .logical(let device): contents.devices.append(device)
        }
        for name in names where !Self.isWithoutDevices(name) {
            try visit(directory.appending(name), place.isEmpty ? name : "\(place)/\(name)", &contents)
        }
    }

    /// What a directory is.
    private enum Entry {
        case logical(LogicalDevice)
        case physical
        case other
    }

    private func entry(_ directory: FilePath, _ place: String) throws(SystemError) -> Entry {
        let link = try ifThere { () throws(SystemError) in try readLink(directory.appending("subsystem")) }
        guard let subsystem = link.flatMap({ FilePath($0).lastComponent?.string }) else { return .other }
        if subsystem == "pci" { return place.isEmpty ? .other : .physical }
        var isLookedAt = Self.subsystems.contains(subsystem)
        if !isLookedAt { isLookedAt = try exists(directory.appending("dev")) }
        guard isLookedAt else { return .other }
        let properties = try uevent(of: directory)
        if subsystem == "usb", !place.isEmpty {
            return properties["DEVTYPE"] == "usb_device" ? .physical : .other
        }
        let kind = LogicalKind(subsystem, properties)
        switch subsystem {
        case "net":
            guard let name = properties["INTERFACE"], let index = properties["IFINDEX"].flatMap({ Int32($0) }) else {
                return .other
            }
            return .logical(LogicalDevice(kind: kind, place: place, content: .interface(name: name, index: index)))
        case "ieee80211":
            let text = try attribute(directory.appending("index"))
            guard let index = text.flatMap({ UInt32($0.trimmed) }) else { return .other }
            return .logical(LogicalDevice(kind: kind, place: place, content: .radio(index: index)))
        default:
            guard let major = properties["MAJOR"].flatMap({ UInt32($0) }),
                let minor = properties["MINOR"].flatMap({ UInt32($0) }), let name = properties["DEVNAME"]
            else { return .other }
            // Nothing but the subsystem tells a block device from a character device.
            let number = DeviceNumber(subsystem == "block" ? .block : .character, major, minor)
            return .logical(LogicalDevice(kind: kind, place: place, content: .node(number, path: name)))
        }
    }

    /// The subsystems whose devices are looked at although they have no number.
    private static let subsystems: Set<String> = ["usb", "net", "ieee80211"]

    /// Returns whether a directory has no device below it: attributes, statistics, and endpoints of USB.
    private static func isWithoutDevices(_ name: String) -> Bool {
        switch name {
        case "power", "wakeup", "queues", "statistics", "msi_irqs", "bdi", "integrity", "mq", "queue", "trace",
            "holders",
            "slaves", "pci_express", "firmware_node", "iommu", "link", "inquiry", "vpd":
            true
        default: name.hasPrefix("ep_")
        }
    }
}

extension LogicalKind {
    /// The kind of a device of a subsystem: `/sys/class`, `/sys/bus`.
    fileprivate init(_ subsystem: String, _ properties: [String: String]) {
        let name = properties["DEVNAME"]?.split(separator: "/").last ?? ""
        self =
            switch subsystem {
            case "usb": .usb
            case "tty": .tty
            case "input": .input
            case "hidraw": .hidraw
            case "sound": .sound
            case "video4linux", "media", "dvb": .video
            case "usbmisc" where name.hasPrefix("lp"), "printer": .printer
            case "block": .storage
            case "scsi_generic", "bsg", "scsi_tape", "scsi_changer": .scsi
            case "nvme", "nvme-generic": .nvme
            case "drm": name.hasPrefix("render") ? .render : .gpu
            case "graphics": .fb
            case "virtio-ports": .serial
            case "infiniband", "infiniband_verbs", "infiniband_mad", "infiniband_cm": .rdma
            case "net": properties["DEVTYPE"] == "wlan" ? .wifi : .net
            case "ieee80211": .wifi
            case "ptp": .ptp
            case "mmc", "mmc_host", "mmc_rpmb": .mmc
            case "vfio", "vfio-dev": .vfio
            default: .other
            }
    }
}
