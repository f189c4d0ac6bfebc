internal import ByteStrings
public import HostdevModel
internal import LinuxSystem
public import SystemPackage

/// A piece of hardware on a bus of the host: a USB device or a PCI function.
public struct PhysicalDevice: Hashable, Sendable, CustomStringConvertible {
    /// What it is on its bus.
    public enum Bus: Hashable, Sendable {
        /// A USB device: its ids, serial number and present address with the port.
        case usb(USBID, serial: USBSerial?, USBAddress)
        /// A PCI function: its address, vendor and device id.
        case pci(PCIAddress, vendor: UInt16, device: UInt16)
    }

    /// The directory in sysfs, without links.
    public let directory: FilePath
    /// The bus, and what it is there.
    public let bus: Bus
    /// What the device calls itself, or empty.
    public let label: String
    /// Whether it connects other devices of its bus, and presents nothing itself: a hub, a bridge, a host controller.
    public let role: Role?

    /// What a device that connects others is.
    public enum Role: String, Hashable, Sendable {
        case rootHub = "root-hub"
        case hub
        case bridge
        case controller
    }

    /// The kernel's name: `3-1.2`, `0000:01:00.0`.
    public var name: String { directory.lastComponent?.string ?? "" }

    /// How messages call it: `usb 0403:6001 at bus 3 device 6 (3-1.2)`, `pci 0000:01:00.0`.
    public var description: String {
        switch bus {
        case .usb(let id, _, let address):
            "usb \(id) at bus \(address.bus) device \(address.device) (\(name))"
        case .pci(let address, _, _): "pci \(address)"
        }
    }

    /// What tells it from another device that may get its address: what it says of itself, and its place.
    public var identity: DeviceIdentity {
        get throws(NodeDeviceError) {
            switch bus {
            case .usb:
                let place = DeviceIdentity(directory.byteString.text)
                let known = try reading("the device \(name)") { () throws(SystemError) in
                    try USBPart(directory: directory)?.identity(of: "device") ?? place
                }
                return known ?? place
            case .pci(_, let vendor, let device):
                let ids = String(vendor, radix: 16) + ":" + String(device, radix: 16)
                return DeviceIdentity("pci \(ids) at \(directory.byteString)")
            }
        }
    }
}

/// Finds physical devices of the host in sysfs. Needs no privilege.
public struct PhysicalDevices: Sendable {
    private let sysfs: FilePath

    /// The devices of a host, whose sysfs is mounted at a path.
    public init(sysfs: FilePath = "/sys") {
        self.sysfs = sysfs
    }

    /// Returns the USB device that a document's source names now.
    ///
    /// - Throws: `notFound`; `ambiguous` with the candidates, each with how it can be named; `kernel`.
    public func device(_ source: USBDevice.Source) throws(NodeDeviceError) -> PhysicalDevice {
        switch source {
        case .id(let id, let serial, let address): try device(id, serial, at: address)
        case .address(let address): try device(at: address)
        case .port(let port): try device(in: port)
        }
    }

    /// Returns the PCI function at an address.
    ///
    /// - Throws: `notFound`; `kernel`.
    public func device(_ address: PCIAddress) throws(NodeDeviceError) -> PhysicalDevice {
        let sought = "the PCI function \(address)"
        let link = sysfs.appending("bus/pci/devices").appending(address.description)
        guard let device = try device(pci: link) else { throw NodeDeviceError(.notFound, sought, "the host has none") }
        return device
    }

    /// Returns all USB devices, by name. Root hubs are among them.
    public func usbDevices() throws(NodeDeviceError) -> [PhysicalDevice] {
        let place = sysfs.appending("bus/usb/devices")
        let names = try reading("the USB devices of the host") { () throws(SystemError) in
            try directoryEntries(place)
        }
        var devices: [PhysicalDevice] = []
        // An interface of a device has a colon in its name.
        for name in names ?? [] where !name.utf8.contains(UInt8(ascii: ":")) {
            if let device = try device(usb: place.appending(name)) { devices.append(device) }
        }
        return devices
    }

    /// Returns all PCI functions, by name.
    public func pciDevices() throws(NodeDeviceError) -> [PhysicalDevice] {
        let place = sysfs.appending("bus/pci/devices")
        let names = try reading("the PCI functions of the host") { () throws(SystemError) in
            try directoryEntries(place)
        }
        var devices: [PhysicalDevice] = []
        for name in names ?? [] {
            if let device = try device(pci: place.appending(name)) { devices.append(device) }
        }
        return devices
    }

    /// Returns the physical device of which a directory of sysfs, without links, is a part. Returns nil for a virtual device.
    public func device(above directory: FilePath) throws(NodeDeviceError) -> PhysicalDevice? {
        var above = directory
        while above.lastComponent != nil, above != sysfs {
            let subsystem = try reading("the device of \(directory)") { () throws(SystemError) in
                try readLink(above.appending("subsystem"))
            }
            switch subsystem.flatMap({ FilePath($0).lastComponent?.string }) {
            case "usb": if let device = try device(usb: above) { return device }
            case "pci": if let device = try device(pci: above) { return device }
            default: break
            }
            above.removeLastComponent()
        }
        return nil
    }
}

// USB: by id, by address, by port.
extension PhysicalDevices {
    private func device(
        _ id: USBID, _ serial: USBSerial?, at address: USBAddress?
    ) throws(NodeDeviceError) -> PhysicalDevice {
        let sought = "the USB device \(id)" + (serial.map { " with serial number \($0)" } ?? "")
        let found = try usbDevices().filter { device in
            guard case .usb(let own, let number, _) = device.bus else { return false }
            return own == id && (serial == nil || number == serial)
        }
        guard !found.isEmpty else { throw NodeDeviceError(.notFound, sought, "the host has none") }
        guard let address else { return try only(found, sought) }
        // The number is the device's until it is unplugged. What was plugged into its port since is the nearest.
        let here = found.filter { $0.usbAddress?.bus == address.bus && $0.usbAddress?.device == address.device }
        if let device = here.first { return device }
        let there = found.filter { address.port != nil && $0.isIn(address.port) }
        if !there.isEmpty { return try only(there, sought) }
        throw NodeDeviceError(
            .notFound, sought, "none is at \(address), but \(found.map(\.choice).joined(separator: ", "))",
            remedy: "leave the address out, or give the present one")
    }

    private func device(at address: USBAddress) throws(NodeDeviceError) -> PhysicalDevice {
        let sought = "the USB device at bus \(address.bus) device \(address.device)"
        let all = try usbDevices()
        if let device = all.first(where: {
            $0.usbAddress?.bus == address.bus && $0.usbAddress?.device == address.device
        }) {
            return device
        }
        // Numbers grow with each device that is plugged in.
        let there = all.filter { address.port != nil && $0.isIn(address.port) }
        let later = all.filter { $0.usbAddress?.bus == address.bus && $0.usbAddress?.device ?? 0 > address.device }
        let candidates = there.isEmpty ? later : there
        let hint = candidates.map(\.choice).joined(separator: ", ")
        throw NodeDeviceError(
            .notFound, sought,
            candidates.isEmpty
                ? "there is none"
                : there.isEmpty ? "there is none; plugged in since: \(hint)" : "there is none; in its port is \(hint)",
            remedy: candidates.isEmpty ? nil : "name the port, as in port:\(candidates[0].name), or vendor and product")
    }

    private func device(in port: USBPort) throws(NodeDeviceError) -> PhysicalDevice {
        let sought = "the USB device in port \(port)"
        let found = try usbDevices().filter { $0.isIn(port) }
        guard !found.isEmpty else { throw NodeDeviceError(.notFound, sought, "nothing is plugged in there") }
        return try only(found, sought)
    }

    private func only(_ found: [PhysicalDevice], _ sought: String) throws(NodeDeviceError) -> PhysicalDevice {
        guard found.count > 1 else { return found[0] }
        let list = found.map(\.choice)
        throw NodeDeviceError(
            .ambiguous(candidates: list), sought, "the host has \(found.count): \(list.joined(separator: "; "))",
            remedy:
                "say which by its address, by its port as in port:\(found[0].name), or by a serial number that one alone has"
        )
    }

    /// Reads a device in `/sys/bus/usb/devices`: Linux, `Documentation/ABI/stable/sysfs-bus-usb`. Returns nil for an interface
    /// of one, and for a device that has gone.
    private func device(usb link: FilePath) throws(NodeDeviceError) -> PhysicalDevice? {
        try reading("the USB device \(link)") { () throws(SystemError) in
            let directory = try withoutLink(link)
            func text(_ name: String) throws(SystemError) -> String? {
                try attribute(directory.appending(name))?.trimmed
            }
            guard let vendor = try text("idVendor").flatMap({ UInt16($0, radix: 16) }),
                let product = try text("idProduct").flatMap({ UInt16($0, radix: 16) }),
                let bus = try text("busnum").flatMap({ UInt16($0) }),
                let number = try text("devnum").flatMap({ UInt8($0) }),
                let id = try? USBID(vendor: vendor, product: product),
                let place = try? USBAddress(bus: bus, device: number)
            else { return nil }
            let path = try text("devpath") ?? "0"
            // A root hub is in no port.
            let address = try? USBAddress(
                bus: bus, device: number, port: path, controller: controller(of: directory))
            let ports = try text("maxchild").flatMap { Int($0) } ?? 0
            let isHub = try ports > 0 ? true : text("bDeviceClass") == "09"
            return PhysicalDevice(
                directory: directory,
                bus: .usb(id, serial: try text("serial").flatMap { try? USBSerial($0) }, address ?? place),
                label: try text("product") ?? "", role: path == "0" ? .rootHub : isHub ? .hub : nil)
        } ?? nil
    }

    /// Returns the PCI function that is the host controller of a USB device, or nil if that is no PCI function.
    private func controller(of directory: FilePath) -> PCIAddress? {
        var above = directory
        while let name = above.lastComponent?.string, !name.hasPrefix("usb") { above.removeLastComponent() }
        return above.removingLastComponent().lastComponent.flatMap { try? PCIAddress($0.string) }
    }
}

extension PhysicalDevices {
    /// Reads a function in `/sys/bus/pci/devices`: Linux, `Documentation/ABI/testing/sysfs-bus-pci`. Returns nil when it has
    /// gone.
    private func device(pci link: FilePath) throws(NodeDeviceError) -> PhysicalDevice? {
        try reading("the PCI function \(link)") { () throws(SystemError) in
            let directory = try withoutLink(link)
            func number(_ name: String) throws(SystemError) -> UInt32? {
                try attribute(directory.appending(name)).flatMap {
                    UInt32($0.trimmed.drop { $0 == "0" }.dropFirst(), radix: 16)
                }
            }
            guard let name = directory.lastComponent?.string, let address = try? PCIAddress(name),
                let vendor = try number("vendor").flatMap({ UInt16(exactly: $0) }),
                let device = try number("device").flatMap({ UInt16(exactly: $0) })
            else { return nil }
            // The base class and the subclass: PCI Code and ID Assignment, 1.
            let role: PhysicalDevice.Role? =
                switch try number("class").map({ $0 >> 8 }) {
                case 0x0600, 0x0604, 0x0609: .bridge
                case 0x0C03: .controller
                default: nil
                }
            return PhysicalDevice(
                directory: directory, bus: .pci(address, vendor: vendor, device: device), label: "", role: role)
        } ?? nil
    }

    private func withoutLink(_ link: FilePath) throws(SystemError) -> FilePath {
        try FileStatus.of(link, followingLinks: false).kind == .symbolicLink ? linkedDirectory(link) : link
    }
}

extension PhysicalDevice {
    /// The present address of a USB device.
    public var usbAddress: USBAddress? {
        if case .usb(_, _, let address) = bus { address } else { nil }
    }

    /// How a candidate is named in a message: `3:006 in port 3-1.2, serial A50285BI, FT232R`.
    fileprivate var choice: String {
        guard case .usb(_, let serial, let address) = bus else { return name }
        return "\(address.bus):\(address.device) in port \(name)"
            + (serial.map { ", serial \($0)" } ?? ", without serial number") + (label.isEmpty ? "" : ", \(label)")
    }

    /// Returns whether it is plugged into a port.
    public func isIn(_ port: USBPort?) -> Bool {
        guard let port, let own = usbAddress?.port else { return false }
        return own.isSame(as: port)
    }
}
