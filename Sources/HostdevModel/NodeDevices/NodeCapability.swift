/// What a device of the host is.
public enum NodeCapability: Hashable, Sendable {
    /// A network interface.
    case net(NetCapability)
    /// A SCSI host adapter.
    case scsiHost(SCSIHostCapability)
    /// A SCSI target, by the kernel's name: `target2:0:0`.
    case scsiTarget(NodeName)
    /// A SCSI logical unit.
    case scsi(SCSICapability)
    /// The sg node of a SCSI logical unit.
    case scsiGeneric(DevicePath)
    /// A disk or a drive.
    case storage(StorageCapability)
    /// A USB device.
    case usb(USBCapability)
    /// A PCI function.
    case pci(PCICapability)
    /// Something that is no more than named here.
    case other(type: String)

    /// The word for it in a document.
    public var type: String {
        switch self {
        case .net: "net"
        case .scsiHost: "scsi_host"
        case .scsiTarget: "scsi_target"
        case .scsi: "scsi"
        case .scsiGeneric: "scsi_generic"
        case .storage: "storage"
        case .usb: "usb_device"
        case .pci: "pci"
        case .other(let type): type
        }
    }
}
