import XMLTree

extension NodeDevice {
    /// Reads a `<device>` document, in libvirt's shape or in that of the first design.
    ///
    /// - Parameter name: what messages call the document: the name of its file, `-` for standard input.
    /// - Throws: everything that is wrong with the document.
    public init(parsing bytes: [UInt8], name: String) throws(DocumentError) {
        self = try DocumentReader.read(bytes, name) { root, reader in
            guard root.isNamed("device") else {
                reader.error("<\(root.name)> is not a node device: allowed is <device>", at: root)
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
            reader.checkNames(in: element, Vocabulary(children: ["name"]))
            driver = reader.text(inside: "name", of: element)
        }
        var capabilities: [NodeCapability] = []
        for element in device.children {
            if element.isNamed("capability"), let capability = NodeCapability(reading: element, with: &reader) {
                capabilities.append(capability)
            } else if element.isNamed("bus"), let capability = NodeCapability(readingBus: element, with: &reader) {
                capabilities.append(capability)
            }
        }
        guard let name else { return nil }
        self.init(
            name: name, path: path, node: nodes.node, links: nodes.links, parent: parent?.name, driver: driver,
            capabilities: capabilities)
    }
}

/// What the `<devnode>` elements of a device say.
private struct Nodes {
    private(set) var node: DevicePath?
    private(set) var links: [DevicePath] = []

    init(reading device: XMLElement, with reader: inout DocumentReader) {
        for element in device.children("devnode") {
            reader.checkNames(in: element, Vocabulary(attributes: ["type"], allowsText: true))
            guard let type: NodeType = reader.requiredWord("type", of: element),
                let path: DevicePath = reader.textValue(of: element)
            else { continue }
            switch type {
            case .dev where node == nil: node = path
            case .dev: reader.error("a second <devnode type='dev'>: one is allowed", at: element)
            case .link: links.append(path)
            }
        }
    }
}

private enum NodeType: String, CaseIterable {
    case dev, link
}

/// The name of a device's parent. The first design had a path of HAL's there, whose last component is the name.
private struct ParentName: TextValue {
    let name: NodeDeviceName

    init(_ text: some StringProtocol) throws(InvalidValue) {
        name = try NodeDeviceName(text.split(separator: "/").last ?? "")
    }
}

extension Vocabulary {
    /// `<key>` is HAL's name for the device in the first design; it says nothing that the name does not.
    fileprivate static let device = Vocabulary(
        children: ["name", "path", "devnode", "parent", "driver", "capability", "bus", "key"])
}
