import XMLTree

/// A network interface that is moved into a container, with its settings there.
public struct NetDevice: Hashable, Sendable {
    /// The way in which the interface is found on the host.
    public enum Source: Hashable, Sendable {
        /// By its name, or by one of its alternative names.
        case name(InterfaceName)
        /// By its permanent MAC address (the one that the hardware has, not one that was set).
        case mac(MACAddress)
        /// By the PCI function that it belongs to.
        case pci(PCIAddress)
    }

    /// The administrative state of the interface in the container.
    public enum LinkState: String, Hashable, Sendable, CaseIterable {
        /// The interface is up. This is the default.
        case up
        /// The interface is down.
        case down
    }

    /// The interface on the host.
    public var source: Source
    /// The name of the interface in the container.
    public var targetName: TargetName
    /// The MAC address to set in the container, or nil to leave it unchanged.
    public var mac: MACAddress?
    /// The MTU to set in the container, or nil to leave it unchanged.
    public var mtu: MTU?
    /// The administrative state in the container.
    public var linkState: LinkState
    /// The addresses to add in the container, in this order.
    public var addresses: [InterfaceAddress]
    /// The routes to add in the container, in this order.
    public var routes: [Route]
    /// Whether the container also gets the permanent global addresses that the interface has on the host.
    public var inheritsAddresses: Bool
    /// Whether the container also gets the routes that use the interface on the host.
    public var inheritsRoutes: Bool

    /// Creates an interface. By default it is brought up in the container, and all else stays as on the host.
    public init(
        source: Source, targetName: TargetName = .sameAsHost, mac: MACAddress? = nil, mtu: MTU? = nil,
        linkState: LinkState = .up, addresses: [InterfaceAddress] = [], routes: [Route] = [],
        inheritsAddresses: Bool = false, inheritsRoutes: Bool = false
    ) {
        self.source = source
        self.targetName = targetName
        self.mac = mac
        self.mtu = mtu
        self.linkState = linkState
        self.addresses = addresses
        self.routes = routes
        self.inheritsAddresses = inheritsAddresses
        self.inheritsRoutes = inheritsRoutes
    }
}

extension NetDevice.Source: CustomStringConvertible {
    /// The name, the MAC address or the PCI address.
    public var description: String {
        switch self {
        case .name(let name): name.description
        case .mac(let mac): mac.description
        case .pci(let address): address.description
        }
    }
}

extension NetDevice {
    /// Reads a hostdev of `type='net'`.
    init?(reading hostdev: XMLElement, _ source: XMLElement?, _ dialect: Dialect, with reader: inout DocumentReader) {
        let targetName: TargetName? = reader.value("name", ofChild: "target", of: hostdev)
        let mac: UnicastAddress? = reader.value("address", ofChild: "mac", of: hostdev)
        let mtu: MTU? = reader.value("size", ofChild: "mtu", of: hostdev)
        let linkState = LinkState(reading: hostdev, with: &reader)
        let addresses = reader.inheritable("ip", of: hostdev, InterfaceAddress.names, InterfaceAddress.read)
        let routes = reader.inheritable("route", of: hostdev, Route.names, Route.read)
        guard let source, let found = Source.read(source, dialect, with: &reader) else { return nil }
        self.init(
            source: found, targetName: targetName ?? .sameAsHost, mac: mac?.address, mtu: mtu, linkState: linkState,
            addresses: addresses.values, routes: routes.values, inheritsAddresses: addresses.inherits,
            inheritsRoutes: routes.inherits)
    }
}

extension NetDevice.Source {
    fileprivate static func read(
        _ source: XMLElement, _ dialect: Dialect, with reader: inout DocumentReader
    ) -> NetDevice.Source? {
        if dialect == .libvirt {
            reader.checkNames(in: source, AllowedNames(children: ["interface"]))
            return reader.requiredValue(inside: "interface", of: source).map(Self.name)
        }
        reader.checkNames(in: source, AllowedNames(attributes: ["name", "mac"], children: ["address"]))
        switch (source["name"], source["mac"], reader.child("address", of: source)) {
        case (.some, nil, nil): return reader.value("name", of: source).map(Self.name)
        case (nil, .some, nil): return reader.value("mac", of: source).map(Self.mac)
        case (nil, nil, let address?): return PCIAddress(reading: address, .hexadecimal, with: &reader).map(Self.pci)
        default:
            reader.missing("<source> of a net device needs one of name=, mac= and <address>", at: source)
            return nil
        }
    }
}

/// A MAC address that one interface can have.
private struct UnicastAddress: TextValue {
    let address: MACAddress

    init(_ text: some StringProtocol) throws(InvalidValue) {
        address = try MACAddress(text)
        guard address.isUnicast else {
            throw InvalidValue(
                text, isNot: "the address of one interface", expected: "a unicast address other than all zeros")
        }
    }
}

extension NetDevice.LinkState {
    fileprivate init(reading hostdev: XMLElement, with reader: inout DocumentReader) {
        self = .up
        guard let element = reader.child("link", of: hostdev) else { return }
        reader.checkNames(in: element, AllowedNames(attributes: ["state"]))
        if let state: Self = reader.requiredWord("state", of: element) { self = state }
    }
}

extension HostdevWriter {
    mutating func write(_ net: NetDevice) {
        write(net.source)
        switch net.targetName {
        case .sameAsHost: break
        case .name(let name): addCapabilityOnly("target", "name", text(name), called: "the target name \(name)")
        case .pattern(let pattern):
            addCapabilityOnly("target", "name", pattern.xmlText, called: "the target name \(pattern)")
        }
        if let mac = net.mac { addCapabilityOnly("mac", "address", mac, called: "the MAC address \(mac)") }
        if let mtu = net.mtu { addCapabilityOnly("mtu", "size", mtu, called: "the MTU \(mtu)") }
        if net.linkState == .down { addCapabilityOnly("link", "state", "down", called: "an interface that is down") }
        if net.inheritsAddresses { addCapabilityOnly("ip", "inherit", "yes", called: "inherited addresses") }
        for address in net.addresses { add(address.element) }
        if net.inheritsRoutes { addCapabilityOnly("route", "inherit", "yes", called: "inherited routes") }
        for route in net.routes {
            if dialect == .libvirt, route.gateway == nil { unsupported("the route \(route), which has no gateway") }
            add(route.element)
        }
    }

    private mutating func write(_ source: NetDevice.Source) {
        switch (source, dialect) {
        case (.name(let name), .capability): setSource([XMLAttribute("name", text(name))])
        case (.name(let name), .libvirt): setSource(children: [XMLNode("interface", text: text(name))])
        case (.mac(let mac), .capability): setSource([XMLAttribute("mac", mac.description)])
        case (.mac(let mac), .libvirt): unsupported("the interface by its MAC address \(mac)")
        case (.pci(let address), .capability): setSource(children: [address.element(type: true)])
        case (.pci(let address), .libvirt): unsupported("the interface by its PCI address \(address)")
        }
    }

    /// Adds an element that only the capability dialect has. In the libvirt dialect, `what` is noted as unsupported.
    private mutating func addCapabilityOnly(
        _ element: String, _ attribute: String, _ value: some CustomStringConvertible, called what: String
    ) {
        if dialect == .capability { add(element, attribute, value) } else { unsupported(what) }
    }

    /// Returns the name as XML text. A name that is not UTF-8 is written in a form that only hostdev reads.
    private mutating func text(_ name: InterfaceName) -> String {
        if dialect == .capability { return name.xmlText }
        if name.text == nil || name.xmlText != name.description {
            unsupported("the interface name \(quoted(name.description)), which is not UTF-8")
        }
        return name.description
    }
}
