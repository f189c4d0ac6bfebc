/// A device of the host, as an inventory lists it: libvirt's `<device>`.
public struct NodeDevice: Hashable, Sendable {
    /// Its name in the inventory.
    public var name: NodeDeviceName
    /// Where it is in sysfs: `/sys/devices/…`.
    public var path: DevicePath?
    /// Its node.
    public var node: DevicePath?
    /// The links to its node.
    public var links: [DevicePath]
    /// The nearest device above it that an inventory lists; nil when that is not known.
    public var parent: NodeDeviceName?
    /// The name of the kernel's driver that is bound to it.
    public var driver: String?
    /// What it is; more than one thing at once is possible.
    public var capabilities: [NodeCapability]

    /// A device of the host.
    public init(
        name: NodeDeviceName, path: DevicePath? = nil, node: DevicePath? = nil, links: [DevicePath] = [],
        parent: NodeDeviceName? = nil, driver: String? = nil, capabilities: [NodeCapability] = []
    ) {
        self.name = name
        self.path = path
        self.node = node
        self.links = links
        self.parent = parent
        self.driver = driver
        self.capabilities = capabilities
    }
}

extension NodeDevice {
    /// The hostdev that gives the device to a container; nil when none can.
    public var hostdev: Hostdev? {
        for capability in capabilities {
            if let device = capability.device { return Hostdev(device) }
        }
        return nil
    }
}

extension NodeCapability {
    fileprivate var device: Device? {
        switch self {
        case .net(let net): .net(NetDevice(source: .name(net.interface)))
        case .scsi(let scsi): .scsi(SCSIDevice(source: .address(scsi.address)))
        case .scsiGeneric(let node): .scsi(SCSIDevice(source: .path(node)))
        case .storage(let storage): .storage(StorageDevice(source: storage.block))
        case .usb(let usb): .usb(USBDevice(source: .address(usb.address)))
        case .pci(let pci): .pci(PCIDevice(source: pci.address))
        case .scsiHost, .scsiTarget, .other: nil
        }
    }
}
