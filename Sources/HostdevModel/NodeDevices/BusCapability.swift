import XMLTree

/// The properties of a USB device of the host.
public struct USBCapability: Hashable, Sendable {
    /// The bus and the number of the device on it.
    public var address: USBAddress
    /// The vendor and the product.
    public var id: USBID
    /// The name of the product, or an empty string.
    public var productName: String
    /// The name of the vendor, or an empty string.
    public var vendorName: String

    /// Creates the properties of a USB device.
    public init(address: USBAddress, id: USBID, productName: String = "", vendorName: String = "") {
        self.address = address
        self.id = id
        self.productName = productName
        self.vendorName = vendorName
    }
}

/// The properties of a PCI function of the host.
public struct PCICapability: Hashable, Sendable {
    /// The address of the function.
    public var address: PCIAddress
    /// The 24-bit class code of the PCI specification, or nil if it is not known.
    public var classCode: UInt32?
    /// The device id, assigned by the vendor.
    public var product: UInt16
    /// The vendor id, assigned by the PCI-SIG.
    public var vendor: UInt16
    /// The name of the product, or an empty string.
    public var productName: String
    /// The name of the vendor, or an empty string.
    public var vendorName: String

    /// Creates the properties of a PCI function.
    public init(
        address: PCIAddress, classCode: UInt32? = nil, product: UInt16, vendor: UInt16, productName: String = "",
        vendorName: String = ""
    ) {
        self.address = address
        self.classCode = classCode
        self.product = product
        self.vendor = vendor
        self.productName = productName
        self.vendorName = vendorName
    }
}

/// A `<vendor>` or `<product>` element: an id and a name.
private struct VendorOrProduct {
    let id: UInt16
    let name: String

    /// Reads the element. Libvirt writes the id with a `0x`; the first proposal wrote it in decimal.
    init?(reading name: String, of element: XMLElement, with reader: inout DocumentReader) {
        guard let child = reader.requiredChild(name, of: element) else { return nil }
        reader.checkNames(in: child, AllowedNames(attributes: ["id"], allowsText: true))
        guard let id: UInt16 = reader.requiredNumber("id", of: child, .decimalUnlessPrefixed) else { return nil }
        self.id = id
        self.name = child.text
    }
}

extension USBCapability {
    init?(reading element: XMLElement, with reader: inout DocumentReader) {
        let bus: UInt16? = reader.requiredNumber(inside: "bus", of: element)
        let device: UInt8? = reader.requiredNumber(inside: "device", of: element)
        guard let bus, let device else { return nil }
        let address = reader.checked(of: element) { () throws(InvalidValue) in
            try USBAddress(bus: bus, device: device)
        }
        guard let address else { return nil }
        self.init(reading: element, at: address, with: &reader)
    }

    /// Reads the `<bus type='usb'>` element of the first proposal.
    init?(readingBus element: XMLElement, with reader: inout DocumentReader) {
        guard let child = reader.requiredChild("address", of: element),
            let address = USBAddress(reading: child, .capability, with: &reader)
        else { return nil }
        self.init(reading: element, at: address, with: &reader)
    }

    private init?(reading element: XMLElement, at address: USBAddress, with reader: inout DocumentReader) {
        let product = VendorOrProduct(reading: "product", of: element, with: &reader)
        let vendor = VendorOrProduct(reading: "vendor", of: element, with: &reader)
        guard let product, let vendor else { return nil }
        let id = reader.checked(of: element) { () throws(InvalidValue) in
            try USBID(vendor: vendor.id, product: product.id)
        }
        guard let id else { return nil }
        self.init(address: address, id: id, productName: product.name, vendorName: vendor.name)
    }
}

extension PCICapability {
    init?(reading element: XMLElement, with reader: inout DocumentReader) {
        let domain: UInt32? = reader.requiredNumber(inside: "domain", of: element)
        let bus: UInt8? = reader.requiredNumber(inside: "bus", of: element)
        let slot: UInt8? = reader.requiredNumber(inside: "slot", of: element)
        let function: UInt8? = reader.requiredNumber(inside: "function", of: element)
        let classCode: ClassCode? = reader.value(inside: "class", of: element)
        guard let domain, let bus, let slot, let function else { return nil }
        let address = reader.checked(of: element) { () throws(InvalidValue) in
            try PCIAddress(domain: domain, bus: bus, slot: slot, function: function)
        }
        guard let address else { return nil }
        self.init(reading: element, at: address, classCode?.code, with: &reader)
    }

    /// Reads the `<bus type='pci'>` element of the first proposal.
    init?(readingBus element: XMLElement, with reader: inout DocumentReader) {
        guard let child = reader.requiredChild("address", of: element),
            let address = PCIAddress(reading: child, .hexadecimal, with: &reader)
        else { return nil }
        self.init(reading: element, at: address, nil, with: &reader)
    }

    private init?(
        reading element: XMLElement, at address: PCIAddress, _ classCode: UInt32?, with reader: inout DocumentReader
    ) {
        let product = VendorOrProduct(reading: "product", of: element, with: &reader)
        let vendor = VendorOrProduct(reading: "vendor", of: element, with: &reader)
        guard let product, let vendor else { return nil }
        self.init(
            address: address, classCode: classCode, product: product.id, vendor: vendor.id, productName: product.name,
            vendorName: vendor.name)
    }
}

/// The class code of a PCI function: 24 bits in hexadecimal digits.
private struct ClassCode: TextValue {
    let code: UInt32

    init(_ text: some StringProtocol) throws(InvalidValue) {
        guard text.hasPrefix("0x"), let code: UInt32 = digits(text.dropFirst(2), radix: 16), code <= 0xFF_FFFF else {
            throw InvalidValue(text, isNot: "a class code", expected: "0x and up to six hexadecimal digits")
        }
        self.code = code
    }
}

extension USBCapability {
    func write(to element: inout XMLNode) {
        element.add("bus", address.bus)
        element.add("device", address.device)
        element.addVendorOrProduct("product", id.product, productName)
        element.addVendorOrProduct("vendor", id.vendor, vendorName)
    }
}

extension PCICapability {
    func write(to element: inout XMLNode) {
        element.add("class", classCode.map { "0x" + hexadecimal($0, digits: 6) })
        element.add("domain", address.domain)
        element.add("bus", address.bus)
        element.add("slot", address.slot)
        element.add("function", address.function)
        element.addVendorOrProduct("product", product, productName)
        element.addVendorOrProduct("vendor", vendor, vendorName)
    }
}

extension XMLNode {
    fileprivate mutating func addVendorOrProduct(_ element: String, _ id: UInt16, _ name: String) {
        children.append(XMLNode(element, [XMLAttribute("id", "0x" + hexadecimal(id, digits: 4))], text: name))
    }
}
