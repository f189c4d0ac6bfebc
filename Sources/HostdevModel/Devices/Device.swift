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
    /// What only a virtual machine has a use for: read, kept and written back.
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
