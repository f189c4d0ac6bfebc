import XMLTree

/// A USB device. The container gets all logical devices that it presents.
public struct USBDevice: Hashable, Sendable {
    /// The way in which the device is found on the host.
    public enum Source: Hashable, Sendable {
        /// By vendor and product. The address tells apart several devices with the same ids; nil allows any of them.
        case id(USBID, at: USBAddress?)
        /// By its bus and device number.
        case address(USBAddress)
    }

    /// The way in which the device is found on the host.
    public var source: Source

    /// Creates a USB device.
    public init(source: Source) {
        self.source = source
    }
}

extension USBDevice.Source: CustomStringConvertible {
    /// Vendor and product, the address, or both.
    public var description: String {
        switch self {
        case .id(let id, at: nil): id.description
        case .id(let id, at: let address?): "\(id) at \(address)"
        case .address(let address): address.description
        }
    }
}

extension USBDevice {
    /// Reads the source of a USB device.
    init?(reading source: XMLElement?, _ dialect: Dialect, with reader: inout DocumentReader) {
        guard let source else { return nil }
        reader.checkNames(
            in: source,
            AllowedNames(
                attributes: LibvirtSettings.sourceAttributes(of: .usb).map(\.name),
                children: ["vendor", "product", "address"])
        )
        let vendor = reader.child("vendor", of: source)
        let product = reader.child("product", of: source)
        let address = reader.child("address", of: source)
        guard (vendor == nil) == (product == nil), vendor != nil || address != nil else {
            reader.missing(
                "<source> of a USB device needs <vendor> and <product>, or <address>, or all three", at: source)
            return nil
        }
        let place = address.map { USBAddress(reading: $0, dialect, with: &reader) }
        let id = zip(vendor, product).map { USBID(reading: $0, $1, dialect, with: &reader) }
        switch (id, place) {
        case (nil, let place??): self.init(source: .address(place))
        case (let id??, nil): self.init(source: .id(id, at: nil))
        case (let id??, let place??): self.init(source: .id(id, at: place))
        default: return nil
        }
    }
}

/// Returns both values, or nil if one is missing.
private func zip<One, Other>(_ one: One?, _ other: Other?) -> (One, Other)? {
    guard let one, let other else { return nil }
    return (one, other)
}

extension USBAddress {
    /// Reads an `<address>` element of a USB device.
    init?(reading element: XMLElement, _ dialect: Dialect, with reader: inout DocumentReader) {
        let (name, style): (String, NumberStyle) =
            dialect == .libvirt ? ("device", .cLiteral) : ("dev", .decimalUnlessPrefixed)
        reader.checkNames(in: element, AllowedNames(attributes: ["bus", name]))
        let bus: UInt16? = reader.requiredNumber("bus", of: element, style, in: Self.buses)
        let device: UInt8? = reader.requiredNumber(name, of: element, style, in: Self.devices)
        guard let bus, let device, let address = try? USBAddress(bus: bus, device: device) else { return nil }
        self = address
    }
}

extension USBID {
    fileprivate init?(
        reading vendor: XMLElement, _ product: XMLElement, _ dialect: Dialect, with reader: inout DocumentReader
    ) {
        let style: NumberStyle = dialect == .libvirt ? .cLiteral : .decimalUnlessPrefixed
        reader.checkNames(in: vendor, AllowedNames(attributes: ["id"]))
        reader.checkNames(in: product, AllowedNames(attributes: ["id"]))
        let vendorID: UInt16? = reader.requiredNumber("id", of: vendor, style, in: 1...(.max))
        let productID: UInt16? = reader.requiredNumber("id", of: product, style)
        guard let vendorID, let productID, let id = try? USBID(vendor: vendorID, product: productID) else { return nil }
        self = id
    }
}

extension HostdevWriter {
    mutating func write(_ usb: USBDevice) {
        switch usb.source {
        case .id(let id, at: let address):
            setSource(children: elements(id) + (address.map { [element($0)] } ?? []))
        case .address(let address):
            setSource(children: [element(address)])
        }
    }

    private func elements(_ id: USBID) -> [XMLNode] {
        [("vendor", id.vendor), ("product", id.product)].map { name, number in
            XMLNode(name, [XMLAttribute("id", "0x" + hexadecimal(number, digits: 4))])
        }
    }

    /// Returns the address with decimal numbers. They have no leading zeros, which libvirt would read as octal.
    private func element(_ address: USBAddress) -> XMLNode {
        let device = dialect == .libvirt ? "device" : "dev"
        return XMLNode(
            "address", [XMLAttribute("bus", String(address.bus)), XMLAttribute(device, String(address.device))])
    }
}
