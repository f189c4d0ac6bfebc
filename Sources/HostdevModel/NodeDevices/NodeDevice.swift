import XMLTree

/// A device of the host, as `hostdev nodedev list` shows it: the `<device>` element of libvirt.
public struct NodeDevice: Hashable, Sendable {
    /// The name of the device.
    public var name: NodeDeviceName
    /// The path in sysfs: `/sys/devices/…`.
    public var path: DevicePath?
    /// The path of the device node, or nil if the device has none.
    public var node: DevicePath?
    /// The symbolic links to the device node.
    public var links: [DevicePath]
    /// The name of the parent device, or nil if it is not known.
    public var parent: NodeDeviceName?
    /// The name of the driver that is bound to the device, or nil if there is none.
    public var driver: String?
    /// The capabilities. A device can have more than one.
    public var capabilities: [NodeCapability]

    /// Creates a node device.
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
    /// The hostdev that passes the device to a container, or nil if the device has no type that can be passed.
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

extension NodeDevice {
    /// Parses a `<device>` document in the format of libvirt, or in that of the first proposal.
    ///
    /// - Parameters:
    ///   - bytes: the document in UTF-8, UTF-16 or ISO-8859-1.
    ///   - name: the name of the document in messages: that of its file, or `-` for standard input.
    /// - Throws: ``DocumentError`` with all problems of the document.
    public init(parsing bytes: [UInt8], name: String) throws(DocumentError) {
        self = try DocumentReader.read(bytes, name) { root, reader in
            guard root.isNamed("device") else {
                reader.error("<\(root.name)> is not a node device: expected <device>", at: root)
                return nil
            }
            return NodeDevice(reading: root, with: &reader)
        }.contents
    }

    private init?(reading device: XMLElement, with reader: inout DocumentReader) {
        reader.checkNames(in: device, .device)
        let name: NodeDeviceName? = reader.requiredValue(inside: "name", of: device)
        let path: DevicePath? = reader.value(inside: "path", of: device)
        let nodes = Nodes(reading: device, with: &reader)
        let parent: ParentName? = reader.value(inside: "parent", of: device)
        var driver: String?
        if let element = reader.child("driver", of: device) {
            reader.checkNames(in: element, AllowedNames(children: ["name"]))
            driver = reader.text(inside: "name", of: element)
        }
        var capabilities: [NodeCapability] = []
        for element in device.children {
            if element.isNamed("capability"), let capability = NodeCapability.read(element, with: &reader) {
                capabilities.append(capability)
            } else if element.isNamed("bus"), let capability = NodeCapability.readBus(element, with: &reader) {
                capabilities.append(capability)
            }
        }
        guard let name else { return nil }
        self.init(
            name: name, path: path, node: nodes.node, links: nodes.links, parent: parent?.name, driver: driver,
            capabilities: capabilities)
    }
}

/// The contents of the `<devnode>` elements of a device.
private struct Nodes {
    private(set) var node: DevicePath?
    private(set) var links: [DevicePath] = []

    init(reading device: XMLElement, with reader: inout DocumentReader) {
        for element in device.children("devnode") {
            reader.checkNames(in: element, AllowedNames(attributes: ["type"], allowsText: true))
            guard let type: NodeType = reader.requiredWord("type", of: element),
                let path: DevicePath = reader.textValue(of: element)
            else { continue }
            switch type {
            case .dev where node == nil: node = path
            case .dev: reader.error("a second <devnode type='dev'>: only one is allowed", at: element)
            case .link: links.append(path)
            }
        }
    }
}

private enum NodeType: String, CaseIterable {
    case dev, link
}

/// The name of the parent device. The first proposal had a path of HAL, whose last component is the name.
private struct ParentName: TextValue {
    let name: NodeDeviceName

    init(_ text: some StringProtocol) throws(InvalidValue) {
        name = try NodeDeviceName(text.split(separator: "/").last ?? "")
    }
}

extension AllowedNames {
    /// The names in a device element. `<key>` is the name of HAL in the first proposal; it is ignored.
    fileprivate static let device = AllowedNames(
        children: ["name", "path", "devnode", "parent", "driver", "capability", "bus", "key"])
}

extension NodeDevice {
    /// Returns the device as an XML document in the format of libvirt, which ends with a line feed. Parsing it yields
    /// an equal value.
    ///
    /// - Throws: ``Unrepresentable`` if XML cannot express a part of it, such as a name that is not UTF-8.
    public func xml() throws(Unrepresentable) -> String {
        var device = XMLNode("device", children: [XMLNode("name", text: name.description)])
        device.add("path", path)
        if let node {
            device.children.append(XMLNode("devnode", [XMLAttribute("type", "dev")], text: node.description))
        }
        for link in links {
            device.children.append(XMLNode("devnode", [XMLAttribute("type", "link")], text: link.description))
        }
        device.add("parent", parent)
        if let driver {
            device.children.append(XMLNode("driver", children: [XMLNode("name", text: driver)]))
        }
        for capability in capabilities {
            if case .net(let net) = capability, net.interface.text == nil {
                let message = "the interface name \(quoted(net.interface.description)) is not UTF-8, as XML has to be"
                throw Unrepresentable(subject: name.description, message: message)
            }
            device.children.append(capability.element)
        }
        do {
            return try device.xml() + "\n"
        } catch {
            throw Unrepresentable(subject: name.description, message: error.message)
        }
    }
}

extension XMLNode {
    /// Adds an element that contains a value. Does nothing if the value is nil.
    mutating func add(_ name: String, _ value: (some CustomStringConvertible)?) {
        if let value { children.append(XMLNode(name, text: value.description)) }
    }
}
