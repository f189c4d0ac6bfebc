internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

extension NetCapability {
    /// Reads an interface in `/sys/class/net`: Linux, `Documentation/ABI/testing/sysfs-class-net`. Returns nil for anything
    /// else.
    init?(_ device: SysfsDevice) {
        // The directory also contains files, such as `bonding_masters`.
        guard device.properties["IFINDEX"] != nil, let interface = try? InterfaceName(device.name) else { return nil }
        // For an interface that is down or without a cable the kernel reports -1 or an error.
        let speed: UInt32? = device.number("speed")
        // linux/if_arp.h. Wi-Fi interfaces have the same type.
        let ARPHRD_ETHER = "1"
        let isEthernet = device.text("type") == ARPHRD_ETHER
        let isWireless = device.properties["DEVTYPE"] == "wlan"
        self.init(
            interface: interface, address: device.text("address").flatMap { try? MACAddress($0) },
            speed: speed, state: device.text("operstate").flatMap(State.init), features: offloads(of: device.name),
            technology: isWireless ? .wireless : isEthernet ? .ethernet : nil)
    }
}

extension StorageCapability {
    /// Reads a disk or a drive in `/sys/class/block`: Linux, `Documentation/ABI/stable/sysfs-block`. Returns nil for a
    /// partition, and for a device without content, such as a loop device without a file.
    init?(_ device: SysfsDevice) {
        guard device.properties["DEVTYPE"] == "disk", let block = device.node,
            let sectors: UInt64 = device.number("size")
        else { return nil }
        let isRemovable = device.text("removable") == "1"
        guard sectors > 0 || isRemovable else { return nil }
        // The kernel counts sectors of 512 bytes, whatever the device's block size.
        let bytes = sectors * 512
        let blockSize: UInt64? = device.number("queue/logical_block_size")
        let size = Size(bytes: bytes, blockSize: blockSize, blockCount: blockSize.map { bytes / max(1, $0) })
        let driveType = Self.driveType(device)
        // An optical drive without a disc reports the size of the previous one.
        let hasMedium = sectors > 0 && (driveType != "cdrom" || device.udev["ID_CDROM_MEDIA"] == "1")
        self.init(
            block: block, bus: device.udev["ID_BUS"] ?? Self.bus(device), driveType: driveType,
            model: device.text("device/model"), vendor: device.text("device/vendor").flatMap(Self.name),
            serial: device.udev["ID_SERIAL_SHORT"] ?? device.text("serial") ?? device.text("device/serial")
                ?? Self.unitSerialNumber(device),
            medium: isRemovable ? .removable(hasMedium ? size : nil) : .fixed(size))
    }

    /// Returns nil for a number, which a virtio disk has instead of a vendor's name.
    private static func name(_ vendor: String) -> String? { vendor.hasPrefix("0x") ? nil : vendor }

    /// Returns the serial number in the kernel's copy of a SCSI unit's vital product data page 0x80: SPC-6, 7.7.19.
    private static func unitSerialNumber(_ device: SysfsDevice) -> String? {
        let page = try? readBytes(device.directory.pushing("device/vpd_pg80"))
        let text = page.map { String(decoding: $0.dropFirst(4), as: UTF8.self).trimmed }
        return text?.isEmpty == false ? text : nil
    }

    private static func driveType(_ device: SysfsDevice) -> String {
        if let type = device.udev["ID_TYPE"], ["disk", "cd", "floppy"].contains(type) {
            return type == "cd" ? "cdrom" : type
        }
        // The peripheral device type of optical drives.
        if device.text("device/type") == "5" { return "cdrom" }
        return device.name.hasPrefix("fd") ? "floppy" : "disk"
    }

    /// Returns the bus of the device that provides the disk, for hosts without udev.
    private static func bus(_ device: SysfsDevice) -> String? {
        let path = try? readLink(device.directory.appending("device").appending("subsystem"))
        return path.flatMap { FilePath($0).lastComponent?.string }
    }
}

extension SysfsDevice {
    /// The capability of an entry of `/sys/bus/scsi/devices`: a host, a target or a unit, by its name.
    var scsiCapability: NodeCapability? {
        if let address = try? SCSIAddress(name) {
            // A device that never answered has no type.
            guard let type: Int = number("type") else { return nil }
            return .scsi(SCSICapability(address: address, type: SCSICapability.UnitType(type)))
        }
        if name.hasPrefix("target") { return (try? NodeName(name)).map { .scsiTarget($0) } }
        guard name.hasPrefix("host"), let host = UInt32(name.dropFirst(4)) else { return nil }
        return .scsiHost(SCSIHostCapability(host: host, uniqueID: number("scsi_host/\(name)/unique_id")))
    }
}

extension SCSICapability.UnitType {
    /// Reads the peripheral device type of INQUIRY: SPC-6, 6.7.2.
    fileprivate init?(_ type: Int) {
        switch type {
        case 0x00, 0x0e: self = .disk
        case 0x01: self = .tape
        case 0x03: self = .processor
        case 0x04: self = .worm
        case 0x05: self = .cdrom
        case 0x06: self = .scanner
        case 0x07: self = .opticalDisk
        case 0x08: self = .changer
        case 0x0c: self = .raid
        case 0x0d: self = .enclosure
        default: return nil
        }
    }
}

extension PCICapability {
    /// Reads a function in `/sys/bus/pci/devices`: Linux, `Documentation/ABI/testing/sysfs-bus-pci`. Its names come from udev's
    /// database.
    init?(_ device: SysfsDevice) {
        guard let address = try? PCIAddress(device.name), let product: UInt16 = device.number("device", radix: 16),
            let vendor: UInt16 = device.number("vendor", radix: 16)
        else { return nil }
        self.init(
            address: address, classCode: device.number("class", radix: 16), product: product, vendor: vendor,
            productName: device.udev["ID_MODEL_FROM_DATABASE"] ?? "",
            vendorName: device.udev["ID_VENDOR_FROM_DATABASE"] ?? "")
    }
}

extension USBCapability {
    /// Reads a device in `/sys/bus/usb/devices`: Linux, `Documentation/ABI/stable/sysfs-bus-usb`. Returns nil for an interface
    /// of one.
    init?(_ device: SysfsDevice) {
        guard let bus: UInt16 = device.number("busnum"), let number: UInt8 = device.number("devnum"),
            let address = try? USBAddress(bus: bus, device: number),
            let vendor: UInt16 = device.number("idVendor", radix: 16),
            let product: UInt16 = device.number("idProduct", radix: 16),
            let id = try? USBID(vendor: vendor, product: product)
        else { return nil }
        self.init(
            address: address, id: id,
            productName: device.udev["ID_MODEL_FROM_DATABASE"] ?? device.text("product") ?? "",
            vendorName: device.udev["ID_VENDOR_FROM_DATABASE"] ?? device.text("manufacturer") ?? "")
    }
}
