import XMLTree

/// What a container is given, by its type.
public enum Device: Hashable, Sendable {
    /// A network interface.
    case net(NetDevice)
    /// A SCSI logical unit.
    case scsi(SCSIDevice)
    /// A character device.
    case misc(MiscDevice)
    /// A block device.
    case storage(StorageDevice)
    /// All that a USB device presents.
    case usb(USBDevice)
    /// All that a PCI function presents.
    case pci(PCIDevice)
    /// What only a virtual machine has a use for: read, preserved and written back.
    case libvirtOnly(LibvirtOnlyDevice)
}

extension Device: CustomStringConvertible {
    /// The type and the source: `net eth0`.
    public var description: String {
        switch self {
        case .net(let net): "net \(net.source)"
        case .scsi(let scsi): "scsi \(scsi.source)"
        case .misc(let misc): "misc \(misc.source)"
        case .storage(let storage): "storage \(storage.source)"
        case .usb(let usb): "usb \(usb.source)"
        case .pci(let pci): "pci \(pci.source)"
        case .libvirtOnly(let device): device.description
        }
    }
}

/// What a hostdev names on the host: two hostdevs with the same one are duplicates.
///
/// The same device can be named in several ways. Only looking at the host finds that out.
public enum DeviceSource: Hashable, Sendable {
    /// A network interface.
    case net(NetDevice.Source)
    /// A SCSI unit.
    case scsi(SCSIDevice.Source)
    /// A character device.
    case misc(DevicePath)
    /// A block device.
    case storage(DevicePath)
    /// A USB device.
    case usb(USBDevice.Source)
    /// A PCI function.
    case pci(PCIAddress)
    /// What only a virtual machine has a use for.
    case libvirtOnly(LibvirtOnlyDevice)
}

extension Device {
    /// What the device is on the host.
    public var source: DeviceSource {
        switch self {
        case .net(let net): .net(net.source)
        case .scsi(let scsi): .scsi(scsi.source)
        case .misc(let misc): .misc(misc.source)
        case .storage(let storage): .storage(storage.source)
        case .usb(let usb): .usb(usb.source)
        case .pci(let pci): .pci(pci.source)
        case .libvirtOnly(let device):
            .libvirtOnly(LibvirtOnlyDevice(kind: device.kind, source: device.source, flags: []))
        }
    }
}

extension Device {
    /// Reads what is in a hostdev, all of it even if the source is missing.
    init?(
        reading hostdev: XMLElement, _ source: XMLElement?, _ schema: HostdevSchema, with reader: inout DocumentReader
    ) {
        let device: Device?
        switch schema.type {
        case .net: device = NetDevice(reading: hostdev, source, schema.dialect, with: &reader).map(Device.net)
        case .scsi where source?["protocol"] != nil && source?["protocol"] != "adapter":
            device = LibvirtOnlyDevice(reading: hostdev, source, .iSCSI, with: &reader).map(Device.libvirtOnly)
        case .scsi: device = SCSIDevice(reading: hostdev, source, schema.dialect, with: &reader).map(Device.scsi)
        case .misc: device = DeviceFile(reading: hostdev, source, schema, with: &reader).map(Device.misc)
        case .storage: device = DeviceFile(reading: hostdev, source, schema, with: &reader).map(Device.storage)
        case .usb: device = USBDevice(reading: source, schema.dialect, with: &reader).map(Device.usb)
        case .pci: device = PCIDevice(reading: source, schema.dialect, with: &reader).map(Device.pci)
        case .mdev: device = LibvirtOnlyDevice(reading: hostdev, source, .mdev, with: &reader).map(Device.libvirtOnly)
        case .scsiHost:
            device = LibvirtOnlyDevice(reading: hostdev, source, .scsiHost, with: &reader).map(Device.libvirtOnly)
        }
        guard let device else { return nil }
        self = device
    }
}
