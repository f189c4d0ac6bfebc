import XMLTree

/// A USB device. The container gets all logical devices that it presents.
public struct USBDevice: Hashable, Sendable {
    /// The way in which the device is found on the host.
    public enum Source: Hashable, Sendable {
        /// By vendor and product, and by serial number if one is given. The address tells apart several devices that
        /// have all that in common; nil allows any of them.
        case id(USBID, serial: USBSerial? = nil, at: USBAddress?)
        /// By its bus and device number.
        case address(USBAddress)
        /// By the port into which it is plugged, whatever it is.
        case port(USBPort)
    }

    /// The way in which the device is found on the host.
    public var source: Source
    /// The kinds of logical devices that the container gets.
    public var kinds: LogicalKinds

    /// Creates a USB device.
    public init(source: Source, kinds: LogicalKinds = .all) {
        self.source = source
        self.kinds = kinds
    }
}

extension USBDevice.Source: CustomStringConvertible {
    /// Vendor and product with the serial number, the address, or the port.
    public var description: String {
        switch self {
        case .id(let id, let serial, let address):
            "\(id)" + (serial.map { ":\($0)" } ?? "") + (address.map { " at \($0)" } ?? "")
        case .address(let address): address.description
        case .port(let port): "port \(port)"
        }
    }
}

extension USBDevice {
    /// Reads a hostdev of `bus='usb'`.
    init?(
        reading hostdev: XMLElement, _ source: XMLElement?, _ dialect: Dialect, with reader: inout DocumentReader
    ) {
        let kinds = LogicalKinds(reading: hostdev, dialect, with: &reader)
        guard let source else { return nil }
        let own = dialect == .capability ? ["serial"] : []
        reader.checkNames(
            in: source,
            AllowedNames(
                attributes: LibvirtSettings.sourceAttributes(of: .usb).map(\.name),
                children: ["vendor", "product"] + own + ["address"])
        )
        let vendor = reader.child("vendor", of: source)
        let product = reader.child("product", of: source)
        let address = reader.child("address", of: source)
        let serial: USBSerial? = own.isEmpty ? nil : reader.value("value", ofChild: "serial", of: source)
        guard (vendor == nil) == (product == nil), vendor != nil || address != nil else {
            reader.missing(
                "<source> of a USB device needs <vendor> and <product>, or <address>, or all three", at: source)
            return nil
        }
        if vendor == nil, let serial = source.child("serial") {
            reader.error("<serial> needs <vendor> and <product> beside it", at: serial)
            return nil
        }
        if let address, address["dev"] == nil, vendor == nil, dialect == .capability, address["port"] != nil {
            guard let port = USBPort(reading: address, with: &reader) else { return nil }
            self.init(source: .port(port), kinds: kinds)
            return
        }
        let place = address.map { USBAddress(reading: $0, dialect, with: &reader) }
        let id = zip(vendor, product).map { USBID(reading: $0, $1, dialect, with: &reader) }
        switch (id, place) {
        case (nil, let place??): self.init(source: .address(place), kinds: kinds)
        case (let id??, nil): self.init(source: .id(id, serial: serial, at: nil), kinds: kinds)
        case (let id??, let place??): self.init(source: .id(id, serial: serial, at: place), kinds: kinds)
        default: return nil
        }
    }
}

/// Returns both values, or nil if one is missing.
private func zip<One, Other>(_ one: One?, _ other: Other?) -> (One, Other)? {
    guard let one, let other else { return nil }
    return (one, other)
}

extension USBPort {
    /// Reads an `<address>` element without a device number.
    fileprivate init?(reading element: XMLElement, with reader: inout DocumentReader) {
        reader.checkNames(in: element, AllowedNames(attributes: ["bus", "port", "controller"]))
        let bus: UInt16? = reader.number("bus", of: element, .decimalUnlessPrefixed, in: USBAddress.buses)
        let controller: PCIAddress? = reader.value("controller", of: element)
        guard let path = reader.requiredText("port", of: element),
            let port = reader.checked(
                at: "port", of: element,
                { () throws(InvalidValue) in try USBPort(path: path, bus: bus, controller: controller) })
        else { return nil }
        self = port
    }
}

extension USBAddress {
    /// Reads an `<address>` element of a USB device.
    init?(reading element: XMLElement, _ dialect: Dialect, with reader: inout DocumentReader) {
        let (name, style): (String, NumberStyle) =
            dialect == .libvirt ? ("device", .cLiteral) : ("dev", .decimalUnlessPrefixed)
        let own = dialect == .capability ? ["port", "controller"] : []
        reader.checkNames(in: element, AllowedNames(attributes: ["bus", name] + own))
        let bus: UInt16? = reader.requiredNumber("bus", of: element, style, in: Self.buses)
        let device: UInt8? = reader.requiredNumber(name, of: element, style, in: Self.devices)
        let controller: PCIAddress? = own.isEmpty ? nil : reader.value("controller", of: element)
        guard let bus, let device else { return nil }
        let address = reader.checked(at: own.isEmpty ? "" : "port", of: element) { () throws(InvalidValue) in
            guard let path = own.isEmpty ? nil : element["port"] else {
                return try USBAddress(bus: bus, device: device)
            }
            return try USBAddress(bus: bus, device: device, port: path, controller: controller)
        }
        guard let address else { return nil }
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
        case .id(let id, let serial, let address):
            if serial != nil, dialect == .libvirt { unsupported("a serial number") }
            let number = serial.map { [XMLNode("serial", [XMLAttribute("value", $0.description)])] } ?? []
            setSource(children: elements(id) + number + (address.map { [element($0)] } ?? []))
        case .address(let address):
            setSource(children: [element(address)])
        case .port(let port):
            if dialect == .libvirt { unsupported("a USB port") }
            let bus = port.bus.map { [XMLAttribute("bus", String($0))] } ?? []
            setSource(children: [XMLNode("address", bus + attributes(port))])
        }
        write(usb.kinds)
    }

    private func elements(_ id: USBID) -> [XMLNode] {
        [("vendor", id.vendor), ("product", id.product)].map { name, number in
            XMLNode(name, [XMLAttribute("id", "0x" + hexadecimal(number, digits: 4))])
        }
    }

    /// Returns the address with decimal numbers. They have no leading zeros, which libvirt would read as octal.
    private mutating func element(_ address: USBAddress) -> XMLNode {
        let device = dialect == .libvirt ? "device" : "dev"
        if address.port != nil, dialect == .libvirt { unsupported("a USB port") }
        return XMLNode(
            "address",
            [XMLAttribute("bus", String(address.bus)), XMLAttribute(device, String(address.device))]
                + (address.port.map(attributes) ?? []))
    }

    private func attributes(_ port: USBPort) -> [XMLAttribute] {
        [XMLAttribute("port", port.path)]
            + (port.controller.map { [XMLAttribute("controller", $0.description)] } ?? [])
    }
}
