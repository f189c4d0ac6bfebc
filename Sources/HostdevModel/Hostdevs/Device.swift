import XMLTree

/// The device of a hostdev, by its type.
public enum Device: Hashable, Sendable {
    /// A network interface.
    case net(NetDevice)
    /// A SCSI logical unit and its device nodes.
    case scsi(SCSIDevice)
    /// A character device.
    case misc(MiscDevice)
    /// A block device.
    case storage(StorageDevice)
    /// A USB device with all the logical devices that it presents.
    case usb(USBDevice)
    /// A PCI function with all the logical devices that it presents.
    case pci(PCIDevice)
    /// A device that only a virtual machine can use. It can be read and written, but not attached to a container.
    case libvirtOnly(LibvirtOnlyDevice)
}

extension Device: CustomStringConvertible {
    /// The type and the source, for example `net eth0`.
    public var description: String { [words.type, words.source].compactMap(\.self).joined(separator: " ") }

    /// The type in a document, such as `net` or `scsi`.
    package var typeName: String { words.type }
    /// What names the device on the host, as people write it.
    package var sourceText: String { words.source ?? words.type }

    private var words: (type: String, source: String?) {
        switch self {
        case .net(let net): ("net", "\(net.source)")
        case .scsi(let scsi): ("scsi", "\(scsi.source)")
        case .misc(let misc): ("misc", "\(misc.source)")
        case .storage(let storage): ("storage", "\(storage.source)")
        case .usb(let usb): ("usb", "\(usb.source)")
        case .pci(let pci): ("pci", "\(pci.source)")
        case .libvirtOnly(let device): ("\(device)", nil)
        }
    }
}

/// The way in which a hostdev names its device. A document may not hold two hostdevs with the same source.
///
/// One device can be named in several ways, so different sources can still mean the same device. Only an
/// inspection of the host can tell.
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
    /// A device that only a virtual machine can use.
    case libvirtOnly(LibvirtOnlyDevice)
}

extension Device {
    /// The way in which the device is named.
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
    /// Reads the children of a hostdev element. All of them are read even if the source is missing, so that every
    /// problem is reported at once.
    static func read(
        _ hostdev: XMLElement, _ source: XMLElement?, _ schema: HostdevSchema, with reader: inout DocumentReader
    ) -> Device? {
        switch schema.type {
        case .net: NetDevice(reading: hostdev, source, schema.dialect, with: &reader).map(Device.net)
        case .scsi where source?["protocol"] != nil && source?["protocol"] != "adapter":
            LibvirtOnlyDevice(reading: hostdev, source, .iSCSI, with: &reader).map(Device.libvirtOnly)
        case .scsi: SCSIDevice(reading: hostdev, source, schema.dialect, with: &reader).map(Device.scsi)
        case .misc: DeviceFile(reading: hostdev, source, schema, with: &reader).map(Device.misc)
        case .storage: DeviceFile(reading: hostdev, source, schema, with: &reader).map(Device.storage)
        case .usb: USBDevice(reading: hostdev, source, schema.dialect, with: &reader).map(Device.usb)
        case .pci: PCIDevice(reading: hostdev, source, schema.dialect, with: &reader).map(Device.pci)
        case .mdev: LibvirtOnlyDevice(reading: hostdev, source, .mdev, with: &reader).map(Device.libvirtOnly)
        case .scsiHost:
            LibvirtOnlyDevice(reading: hostdev, source, .scsiHost, with: &reader).map(Device.libvirtOnly)
        }
    }
}
