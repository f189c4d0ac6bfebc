import XMLTree

/// A vendor or a product: its number, and its name.
private struct Maker {
    let id: UInt16
    let name: String

    /// libvirt writes the number with a `0x`, the first design wrote a decimal one.
    init?(reading name: String, of element: XMLElement, with reader: inout DocumentReader) {
        guard let child = reader.requiredChild(name, of: element) else { return nil }
        reader.checkNames(in: child, Vocabulary(attributes: ["id"], allowsText: true))
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

    /// Reads the `<bus type='usb'>` of the first design.
    init?(readingBus element: XMLElement, with reader: inout DocumentReader) {
        guard let child = reader.requiredChild("address", of: element),
            let address = USBAddress(reading: child, .capability, with: &reader)
        else { return nil }
        self.init(reading: element, at: address, with: &reader)
    }

    private init?(reading element: XMLElement, at address: USBAddress, with reader: inout DocumentReader) {
        let product = Maker(reading: "product", of: element, with: &reader)
        let vendor = Maker(reading: "vendor", of: element, with: &reader)
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

    /// Reads the `<bus type='pci'>` of the first design.
    init?(readingBus element: XMLElement, with reader: inout DocumentReader) {
        guard let child = reader.requiredChild("address", of: element),
            let address = PCIAddress(reading: child, .hexadecimal, with: &reader)
        else { return nil }
        self.init(reading: element, at: address, nil, with: &reader)
    }

    private init?(
        reading element: XMLElement, at address: PCIAddress, _ classCode: UInt32?, with reader: inout DocumentReader
    ) {
        let product = Maker(reading: "product", of: element, with: &reader)
        let vendor = Maker(reading: "vendor", of: element, with: &reader)
        guard let product, let vendor else { return nil }
        self.init(
            address: address, classCode: classCode, product: product.id, vendor: vendor.id, productName: product.name,
            vendorName: vendor.name)
    }
}

/// The class code of a PCI function: 24 bits, hexadecimal.
private struct ClassCode: TextValue {
    let code: UInt32

    init(_ text: some StringProtocol) throws(InvalidValue) {
        guard text.hasPrefix("0x"), let code: UInt32 = digits(text.dropFirst(2), radix: 16), code <= 0xFF_FFFF else {
            throw InvalidValue(text, isNot: "a class code", allowed: "are 0x and up to six hexadecimal digits")
        }
        self.code = code
    }
}
