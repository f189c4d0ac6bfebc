import XMLTree

/// What an inventory says of a network interface.
public struct NetCapability: Hashable, Sendable {
    /// What the interface transmits with.
    public enum Technology: String, Hashable, Sendable, CaseIterable {
        /// IEEE 802.3: a cable.
        case ethernet = "80203"
        /// IEEE 802.11: Wi-Fi.
        case wireless = "80211"
    }

    /// The kernel's `operstate`, after RFC 2863.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// Nobody knows.
        case unknown
        /// Some hardware is missing.
        case notpresent
        /// No carrier, or not turned on.
        case down
        /// An interface below this one is down.
        case lowerlayerdown
        /// In a test.
        case testing
        /// Waiting for something outside.
        case dormant
        /// Able to pass packets.
        case up
    }

    /// The kernel's name for it.
    public var interface: InterfaceName
    /// Its MAC address.
    public var address: MACAddress?
    /// Its speed in Mbit/s; nil when it is not known, or has no meaning.
    public var speed: UInt32?
    /// Its state; nil when it is not known.
    public var state: State?
    /// What its hardware does by itself, in the words of libvirt: `rx`, `tso`.
    public var features: [String]
    /// What it transmits with; nil when that is neither.
    public var technology: Technology?

    /// An interface.
    public init(
        interface: InterfaceName, address: MACAddress? = nil, speed: UInt32? = nil, state: State? = nil,
        features: [String] = [], technology: Technology? = nil
    ) {
        self.interface = interface
        self.address = address
        self.speed = speed
        self.state = state
        self.features = features
        self.technology = technology
    }
}

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
            reader.checkNames(in: link, AllowedNames(attributes: ["speed", "state"]))
            speed = reader.number("speed", of: link, .decimal)
            state = reader.word("state", of: link)
        }
        var features: [String] = []
        for feature in element.children("feature") {
            reader.checkNames(in: feature, AllowedNames(attributes: ["name"]))
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

extension AllowedNames {
    fileprivate static let net = AllowedNames(
        attributes: ["type"], children: ["interface", "name", "address", "hwaddr", "link", "feature", "capability"])
}

extension NetCapability {
    func write(to element: inout XMLNode) {
        element.add("interface", interface)
        element.add("address", address)
        var link = XMLNode("link")
        if let speed { link.attributes.append(XMLAttribute("speed", String(speed))) }
        if let state { link.attributes.append(XMLAttribute("state", state.rawValue)) }
        if !link.attributes.isEmpty { element.children.append(link) }
        element.children += features.map { XMLNode("feature", [XMLAttribute("name", $0)]) }
        if let technology {
            element.children.append(XMLNode("capability", [XMLAttribute("type", technology.rawValue)]))
        }
    }
}
