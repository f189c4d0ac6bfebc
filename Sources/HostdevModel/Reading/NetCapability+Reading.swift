import XMLTree

extension NetCapability {
    init?(reading element: XMLElement, with reader: inout DocumentReader) {
        reader.checkNames(in: element, .net)
        // The first design called them name and hwaddr.
        let isOlder = element.child("interface") == nil && element.child("name") != nil
        let interface: InterfaceName? = reader.requiredValue(inside: isOlder ? "name" : "interface", of: element)
        let address: MACAddress? = reader.value(inside: isOlder ? "hwaddr" : "address", of: element)
        var speed: UInt32?
        var state: State?
        if let link = reader.child("link", of: element) {
            reader.checkNames(in: link, Vocabulary(attributes: ["speed", "state"]))
            speed = reader.number("speed", of: link, .decimal)
            state = reader.word("state", of: link)
        }
        var features: [String] = []
        for feature in element.children("feature") {
            reader.checkNames(in: feature, Vocabulary(attributes: ["name"]))
            if let name = reader.requiredText("name", of: feature) { features.append(name) }
        }
        var technology: Technology?
        for capability in element.children("capability") {
            guard let type = reader.requiredText("type", of: capability) else { continue }
            technology = technology ?? Technology(rawValue: type)
        }
        guard let interface else { return nil }
        self.init(
            interface: interface, address: address, speed: speed, state: state, features: features,
            technology: technology)
    }
}

extension Vocabulary {
    fileprivate static let net = Vocabulary(
        attributes: ["type"], children: ["interface", "name", "address", "hwaddr", "link", "feature", "capability"])
}
