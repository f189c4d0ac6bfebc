import XMLTree

/// A capability of a node device: the kind of device that it is, with its properties.
public enum NodeCapability: Hashable, Sendable {
    /// A network interface.
    case net(NetCapability)
    /// A SCSI host adapter.
    case scsiHost(SCSIHostCapability)
    /// A SCSI target with its name in sysfs, for example `target2:0:0`.
    case scsiTarget(NodeName)
    /// A SCSI logical unit.
    case scsi(SCSICapability)
    /// A SCSI generic device with the path of its node.
    case scsiGeneric(DevicePath)
    /// A block device.
    case storage(StorageCapability)
    /// A USB device.
    case usb(USBCapability)
    /// A PCI function.
    case pci(PCICapability)
    /// A capability of another type, without its properties.
    case other(type: String)

    /// The type as documents name it.
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

extension NodeCapability {
    /// Reads a `<capability>` element.
    static func read(_ element: XMLElement, with reader: inout DocumentReader) -> NodeCapability? {
        guard let type = reader.requiredText("type", of: element) else { return nil }
        return switch type {
        case "net": NetCapability(reading: element, with: &reader).map(NodeCapability.net)
        case "scsi_host": SCSIHostCapability(reading: element, with: &reader).map(NodeCapability.scsiHost)
        case "scsi_target":
            reader.requiredValue(inside: "target", of: element).map(NodeCapability.scsiTarget)
        case "scsi": SCSICapability(reading: element, with: &reader).map(NodeCapability.scsi)
        case "scsi_generic":
            reader.requiredValue(inside: "char", of: element).map(NodeCapability.scsiGeneric)
        case "storage": StorageCapability(reading: element, with: &reader).map(NodeCapability.storage)
        case "usb_device": USBCapability(reading: element, with: &reader).map(NodeCapability.usb)
        case "pci": PCICapability(reading: element, with: &reader).map(NodeCapability.pci)
        default: .other(type: type)
        }
    }

    /// Reads a `<bus>` element, with which the first proposal described a physical device.
    static func readBus(_ element: XMLElement, with reader: inout DocumentReader) -> NodeCapability? {
        guard let type: BusType = reader.requiredWord("type", of: element) else { return nil }
        reader.checkNames(
            in: element, AllowedNames(attributes: ["type"], children: ["vendor", "product", "address"]))
        return switch type {
        case .usb: USBCapability(readingBus: element, with: &reader).map(NodeCapability.usb)
        case .pci: PCICapability(readingBus: element, with: &reader).map(NodeCapability.pci)
        }
    }
}

private enum BusType: String, CaseIterable {
    case usb, pci
}

extension NodeCapability {
    /// The capability as an XML element, with its children in the order of libvirt.
    var element: XMLNode {
        var element = XMLNode("capability", [XMLAttribute("type", type)])
        switch self {
        case .net(let net): net.write(to: &element)
        case .scsiHost(let host):
            element.add("host", host.host)
            element.add("unique_id", host.uniqueID)
        case .scsiTarget(let target): element.add("target", target)
        case .scsi(let scsi):
            element.add("host", scsi.address.host)
            element.add("bus", scsi.address.bus)
            element.add("target", scsi.address.target)
            element.add("lun", scsi.address.lun)
            element.add("type", scsi.type?.rawValue)
        case .scsiGeneric(let node): element.add("char", node)
        case .storage(let storage): storage.write(to: &element)
        case .usb(let usb): usb.write(to: &element)
        case .pci(let pci): pci.write(to: &element)
        case .other: break
        }
        return element
    }
}
