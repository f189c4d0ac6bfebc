import XMLTree

extension HostdevWriter {
    /// What stands in a hostdev of `type='net'`.
    func elements(_ net: NetDevice) throws(InexpressibleForm) -> [XMLElement] {
        var elements = [try source(net.source)]
        switch net.targetName {
        case .sameAsHost: break
        case .name(let name): elements.append(XMLElement("target", [XMLAttribute("name", try text(name))]))
        case .pattern(let pattern): elements.append(XMLElement("target", [XMLAttribute("name", pattern.description)]))
        }
        if let mac = net.mac { elements.append(XMLElement("mac", [XMLAttribute("address", mac.description)])) }
        if let mtu = net.mtu { elements.append(XMLElement("mtu", [XMLAttribute("size", mtu.description)])) }
        if net.linkState != .up { elements.append(XMLElement("link", [XMLAttribute("state", net.linkState.rawValue)])) }
        if net.inheritsAddresses { elements.append(XMLElement("ip", [XMLAttribute("inherit", "yes")])) }
        elements += net.addresses.map(\.element)
        if net.inheritsRoutes { elements.append(XMLElement("route", [XMLAttribute("inherit", "yes")])) }
        elements += net.routes.map(\.element)
        return elements
    }

    private func source(_ source: NetDevice.Source) throws(InexpressibleForm) -> XMLElement {
        switch source {
        case .name(let name): XMLElement("source", [XMLAttribute("name", try text(name))])
        case .mac(let mac): XMLElement("source", [XMLAttribute("mac", mac.description)])
        case .pci(let address): XMLElement("source", children: [address.element(type: true)])
        }
    }

    /// The name as text: a document cannot hold any other.
    private func text(_ name: InterfaceName) throws(InexpressibleForm) -> String {
        guard let text = name.text else {
            throw inexpressible(
                "the interface name \(quoted(name.description)) is not UTF-8, which XML has no form for")
        }
        return text
    }
}

extension InterfaceAddress {
    /// The address as an `<ip>` element.
    var element: XMLElement {
        var attributes = [
            XMLAttribute("address", address.address.description),
            XMLAttribute("family", address.address.family.rawValue),
            XMLAttribute("prefix", String(address.length)),
        ]
        if let peer { attributes.append(XMLAttribute("peer", peer.description)) }
        return XMLElement("ip", attributes)
    }
}

extension Route {
    /// The route as a `<route>` element.
    var element: XMLElement {
        var attributes = [
            XMLAttribute("family", family.rawValue), XMLAttribute("address", destination.address.description),
            XMLAttribute("prefix", String(destination.length)),
        ]
        if let gateway { attributes.append(XMLAttribute("gateway", gateway.description)) }
        if let metric { attributes.append(XMLAttribute("metric", String(metric))) }
        return XMLElement("route", attributes)
    }
}

extension PCIAddress {
    /// The address as an `<address>` element, with `type='pci'` where other types of address could stand.
    func element(type: Bool) -> XMLElement {
        let numbers = [
            XMLAttribute("domain", "0x" + hexadecimal(domain, digits: 4)),
            XMLAttribute("bus", "0x" + hexadecimal(bus, digits: 2)),
            XMLAttribute("slot", "0x" + hexadecimal(slot, digits: 2)),
            XMLAttribute("function", "0x" + hexadecimal(function, digits: 1)),
        ]
        return XMLElement("address", (type ? [XMLAttribute("type", "pci")] : []) + numbers)
    }
}
