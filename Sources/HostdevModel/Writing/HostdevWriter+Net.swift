import XMLTree

extension HostdevWriter {
    mutating func write(_ net: NetDevice) {
        write(net.source)
        switch net.targetName {
        case .sameAsHost: break
        case .name(let name): writeOwn("target", "name", text(name), called: "the target name \(name)")
        case .pattern(let pattern): writeOwn("target", "name", pattern.xmlText, called: "the target name \(pattern)")
        }
        if let mac = net.mac { writeOwn("mac", "address", mac, called: "the MAC address \(mac)") }
        if let mtu = net.mtu { writeOwn("mtu", "size", mtu, called: "the MTU \(mtu)") }
        if net.linkState == .down { writeOwn("link", "state", "down", called: "an interface that is down") }
        if net.inheritsAddresses { writeOwn("ip", "inherit", "yes", called: "inherited addresses") }
        for address in net.addresses { add(address.element) }
        if net.inheritsRoutes { writeOwn("route", "inherit", "yes", called: "inherited routes") }
        for route in net.routes {
            if dialect == .libvirt, route.gateway == nil { noForm(for: "the route \(route), which has no gateway") }
            add(route.element)
        }
    }

    private mutating func write(_ source: NetDevice.Source) {
        switch (source, dialect) {
        case (.name(let name), .capability): setSource([XMLAttribute("name", text(name))])
        case (.name(let name), .libvirt): setSource(children: [XMLNode("interface", text: text(name))])
        case (.mac(let mac), .capability): setSource([XMLAttribute("mac", mac.description)])
        case (.mac(let mac), .libvirt): noForm(for: "the interface by its MAC address \(mac)")
        case (.pci(let address), .capability): setSource(children: [address.element(type: true)])
        case (.pci(let address), .libvirt): noForm(for: "the interface by its PCI address \(address)")
        }
    }

    /// Adds an element that only the capability dialect has.
    private mutating func writeOwn(
        _ element: String, _ attribute: String, _ value: some CustomStringConvertible, called what: String
    ) {
        if dialect == .capability { add(element, attribute, value) } else { noForm(for: what) }
    }

    /// The name as text, as a document has to be. What is no text is written in a way that only hostdev reads.
    private mutating func text(_ name: InterfaceName) -> String {
        if dialect == .capability { return name.xmlText }
        if name.text == nil || name.xmlText != name.description {
            noForm(for: "the interface name \(quoted(name.description)), which is not UTF-8")
        }
        return name.description
    }
}

extension InterfaceAddress {
    /// The address as an `<ip>` element.
    var element: XMLNode {
        var attributes = [
            XMLAttribute("address", address.address.description),
            XMLAttribute("family", address.address.family.rawValue),
            XMLAttribute("prefix", String(address.length)),
        ]
        if let peer { attributes.append(XMLAttribute("peer", peer.description)) }
        return XMLNode("ip", attributes)
    }
}

extension Route {
    /// The route as a `<route>` element.
    var element: XMLNode {
        var attributes = [
            XMLAttribute("family", family.rawValue),
            XMLAttribute("address", destination.address.description),
            XMLAttribute("prefix", String(destination.length)),
        ]
        if let gateway { attributes.append(XMLAttribute("gateway", gateway.description)) }
        if let metric { attributes.append(XMLAttribute("metric", String(metric))) }
        return XMLNode("route", attributes)
    }
}
