import XMLTree

extension NodeDevice {
    /// The device as a document in libvirt's shape, with a line feed at the end. Reading it gives an equal value.
    ///
    /// - Throws: when XML has no form for something in it.
    public func xml() throws(InexpressibleForm) -> String {
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
                throw InexpressibleForm(subject: name.description, message: message)
            }
            device.children.append(capability.element)
        }
        do {
            return try device.xml() + "\n"
        } catch {
            throw InexpressibleForm(subject: name.description, message: error.message)
        }
    }
}

extension XMLNode {
    /// Adds an element that holds a value, unless there is none.
    mutating func add(_ name: String, _ value: (some CustomStringConvertible)?) {
        if let value { children.append(XMLNode(name, text: value.description)) }
    }
}
