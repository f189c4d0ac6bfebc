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
