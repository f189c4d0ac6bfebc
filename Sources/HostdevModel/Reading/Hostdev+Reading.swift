import XMLTree

extension Hostdev {
    /// Reads a hostdev element; nil when something is wrong with it, which the reader then knows.
    init?(reading element: XMLElement, with reader: inout DocumentReader) {
        guard let form = DeviceForm.of(element, with: &reader) else { return nil }
        reader.checkNames(in: element, form.vocabulary)
        let source = reader.requiredChild("source", of: element)
        let alias = Alias(reading: element, with: &reader)
        let libvirtParts = LibvirtParts(reading: element, source, form, with: &reader)
        guard let device = Device(reading: element, source, form, with: &reader) else { return nil }
        self.init(device, alias: alias)
        self.libvirtParts = libvirtParts
    }
}

extension Alias {
    fileprivate init?(reading hostdev: XMLElement, with reader: inout DocumentReader) {
        guard let element = reader.child("alias", of: hostdev) else { return nil }
        reader.checkNames(in: element, Vocabulary(attributes: ["name"]))
        guard let alias: Alias = reader.requiredValue("name", of: element) else { return nil }
        self = alias
    }
}

extension Device {
    /// Reads what is in a hostdev, all of it even if the source is missing.
    fileprivate init?(
        reading hostdev: XMLElement, _ source: XMLElement?, _ form: DeviceForm, with reader: inout DocumentReader
    ) {
        let device: Device?
        switch form.type {
        case .net: device = NetDevice(reading: hostdev, source, form.dialect, with: &reader).map(Device.net)
        case .scsi where source?["protocol"] != nil && source?["protocol"] != "adapter":
            device = LibvirtOnlyDevice(reading: hostdev, source, .iSCSI, with: &reader).map(Device.libvirtOnly)
        case .scsi: device = SCSIDevice(reading: hostdev, source, form.dialect, with: &reader).map(Device.scsi)
        case .misc: device = DeviceFile(reading: hostdev, source, form, with: &reader).map(Device.misc)
        case .storage: device = DeviceFile(reading: hostdev, source, form, with: &reader).map(Device.storage)
        case .usb: device = USBDevice(reading: source, form.dialect, with: &reader).map(Device.usb)
        case .pci: device = PCIDevice(reading: source, form.dialect, with: &reader).map(Device.pci)
        case .mdev: device = LibvirtOnlyDevice(reading: hostdev, source, .mdev, with: &reader).map(Device.libvirtOnly)
        case .scsiHost:
            device = LibvirtOnlyDevice(reading: hostdev, source, .scsiHost, with: &reader).map(Device.libvirtOnly)
        }
        guard let device else { return nil }
        self = device
    }
}
