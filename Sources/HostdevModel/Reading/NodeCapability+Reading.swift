import XMLTree

extension NodeCapability {
    /// Reads a `<capability>` of a device.
    init?(reading element: XMLElement, with reader: inout DocumentReader) {
        guard let type = reader.requiredText("type", of: element) else { return nil }
        let capability: NodeCapability?
        switch type {
        case "net": capability = NetCapability(reading: element, with: &reader).map(NodeCapability.net)
        case "scsi_host": capability = SCSIHostCapability(reading: element, with: &reader).map(NodeCapability.scsiHost)
        case "scsi_target":
            capability = reader.requiredValue(inside: "target", of: element).map(NodeCapability.scsiTarget)
        case "scsi": capability = SCSICapability(reading: element, with: &reader).map(NodeCapability.scsi)
        case "scsi_generic":
            capability = reader.requiredValue(inside: "char", of: element).map(NodeCapability.scsiGeneric)
        case "storage": capability = StorageCapability(reading: element, with: &reader).map(NodeCapability.storage)
        case "usb_device": capability = USBCapability(reading: element, with: &reader).map(NodeCapability.usb)
        case "pci": capability = PCICapability(reading: element, with: &reader).map(NodeCapability.pci)
        default: capability = .other(type: type)
        }
        guard let capability else { return nil }
        self = capability
    }

    /// Reads a `<bus>`, which the first design had for a physical device.
    init?(readingBus element: XMLElement, with reader: inout DocumentReader) {
        guard let type: BusType = reader.requiredWord("type", of: element) else { return nil }
        reader.checkNames(
            in: element, Vocabulary(attributes: ["type"], children: ["vendor", "product", "address"]))
        let capability: NodeCapability?
        switch type {
        case .usb: capability = USBCapability(readingBus: element, with: &reader).map(NodeCapability.usb)
        case .pci: capability = PCICapability(readingBus: element, with: &reader).map(NodeCapability.pci)
        }
        guard let capability else { return nil }
        self = capability
    }
}

private enum BusType: String, CaseIterable {
    case usb, pci
}
