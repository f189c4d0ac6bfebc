internal import HostdevModel

extension PCICapability {
    /// A function in `/sys/bus/pci/devices`: Linux, `Documentation/ABI/testing/sysfs-bus-pci`. Its names are in a database of
    /// udev's.
    init?(_ device: SysfsDevice) {
        guard let address = try? PCIAddress(device.name), let product: UInt16 = device.number("device", radix: 16),
            let vendor: UInt16 = device.number("vendor", radix: 16)
        else { return nil }
        self.init(
            address: address, classCode: device.number("class", radix: 16), product: product, vendor: vendor,
            productName: device.udev["ID_MODEL_FROM_DATABASE"] ?? "",
            vendorName: device.udev["ID_VENDOR_FROM_DATABASE"] ?? "")
    }
}

extension USBCapability {
    /// A device in `/sys/bus/usb/devices`: Linux, `Documentation/ABI/stable/sysfs-bus-usb`. Nil for one of its interfaces.
    init?(_ device: SysfsDevice) {
        guard let bus: UInt16 = device.number("busnum"), let number: UInt8 = device.number("devnum"),
            let address = try? USBAddress(bus: bus, device: number),
            let vendor: UInt16 = device.number("idVendor", radix: 16),
            let product: UInt16 = device.number("idProduct", radix: 16),
            let id = try? USBID(vendor: vendor, product: product)
        else { return nil }
        self.init(
            address: address, id: id,
            productName: device.udev["ID_MODEL_FROM_DATABASE"] ?? device.text("product") ?? "",
            vendorName: device.udev["ID_VENDOR_FROM_DATABASE"] ?? device.text("manufacturer") ?? "")
    }
}
