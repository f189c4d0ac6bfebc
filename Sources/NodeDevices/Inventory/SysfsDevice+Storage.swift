internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

extension StorageCapability {
    /// A disk or a drive in `/sys/class/block`: Linux, `Documentation/ABI/stable/sysfs-block`. Nil for a partition, and for
    /// what has nothing behind it, as a loop device without a file.
    init?(_ device: SysfsDevice) {
        guard device.properties["DEVTYPE"] == "disk", let block = device.node,
            let sectors: UInt64 = device.number("size")
        else { return nil }
        let isRemovable = device.text("removable") == "1"
        guard sectors > 0 || isRemovable else { return nil }
        // The kernel counts sectors of 512 bytes, whatever the device's blocks are.
        let bytes = sectors * 512
        let blockSize: UInt64? = device.number("queue/logical_block_size")
        let size = Size(bytes: bytes, blockSize: blockSize, blockCount: blockSize.map { bytes / max(1, $0) })
        let driveType = Self.driveType(device)
        // An optical drive without a disc says the size of the one before.
        let hasMedium = sectors > 0 && (driveType != "cdrom" || device.udev["ID_CDROM_MEDIA"] == "1")
        self.init(
            block: block, bus: device.udev["ID_BUS"] ?? Self.bus(device), driveType: driveType,
            model: device.text("device/model"), vendor: device.text("device/vendor").flatMap(Self.name),
            serial: device.udev["ID_SERIAL_SHORT"] ?? device.text("serial") ?? device.text("device/serial")
                ?? Self.unitSerialNumber(device),
            medium: isRemovable ? .removable(hasMedium ? size : nil) : .fixed(size))
    }

    /// Nil for a number, which a virtio disk has there: it is no maker's name.
    private static func name(_ vendor: String) -> String? { vendor.hasPrefix("0x") ? nil : vendor }

    /// What a SCSI unit says of itself: the vital product data page 0x80, SPC-6, 7.7.19, of which the kernel keeps a copy.
    private static func unitSerialNumber(_ device: SysfsDevice) -> String? {
        let page = try? readBytes(device.directory.pushing("device/vpd_pg80"))
        let text = page.map { String(decoding: $0.dropFirst(4), as: UTF8.self).trimmed }
        return text?.isEmpty == false ? text : nil
    }

    private static func driveType(_ device: SysfsDevice) -> String {
        if let type = device.udev["ID_TYPE"], ["disk", "cd", "floppy"].contains(type) {
            return type == "cd" ? "cdrom" : type
        }
        if device.text("device/type") == "5" { return "cdrom" }
        return device.name.hasPrefix("fd") ? "floppy" : "disk"
    }

    /// What it is behind, where no udev says that.
    private static func bus(_ device: SysfsDevice) -> String? {
        let path = try? readLink(device.directory.appending("device").appending("subsystem"))
        return path.flatMap { FilePath($0).lastComponent?.string }
    }
}
