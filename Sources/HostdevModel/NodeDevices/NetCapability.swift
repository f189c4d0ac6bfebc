import XMLTree

/// The properties of a network interface of the host.
public struct NetCapability: Hashable, Sendable {
    /// The link technology.
    public enum Technology: String, Hashable, Sendable, CaseIterable {
        /// Ethernet (IEEE 802.3).
        case ethernet = "80203"
        /// Wi-Fi (IEEE 802.11).
        case wireless = "80211"
    }

    /// The operational state of RFC 2863, as in the file `operstate` of sysfs.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// The driver does not report the state.
        case unknown
        /// A part of the hardware is missing.
        case notpresent
        /// The interface has no carrier, or is not turned on.
        case down
        /// A lower interface, such as that of a VLAN, is down.
        case lowerlayerdown
        /// The interface is in test mode.
        case testing
        /// The interface waits for an external event, such as authentication.
        case dormant
        /// The interface can pass packets.
        case up
    }

    /// The name of the interface.
    public var interface: InterfaceName
    /// The MAC address, or nil if the interface has none.
    public var address: MACAddress?
    /// The speed in Mbit/s, or nil if it is not known.
    public var speed: UInt32?
    /// The operational state, or nil if it is not known.
    public var state: State?
    /// The offloads of the hardware by their libvirt names, such as `rx` and `tso`.
    public var features: [String]
    /// The link technology, or nil if it is neither Ethernet nor Wi-Fi.
    public var technology: Technology?

    /// Creates the properties of an interface.
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
        // The first proposal had the elements <name> and <hwaddr>.
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
