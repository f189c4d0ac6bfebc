import XMLTree

extension NetDevice {
    /// Reads a hostdev of `type='net'`.
    init?(reading hostdev: XMLElement, _ source: XMLElement?, _ dialect: Dialect, with reader: inout DocumentReader) {
        let targetName = TargetName(reading: hostdev, with: &reader)
        let mac = MACAddress(reading: hostdev, with: &reader)
        let mtu = MTU(reading: hostdev, with: &reader)
        let linkState = LinkState(reading: hostdev, with: &reader)
        let addresses = AddressList(reading: hostdev, with: &reader)
        let routes = RouteList(reading: hostdev, with: &reader)
        guard let source, let found = Source(reading: source, dialect, with: &reader) else { return nil }
        self.init(
            source: found, targetName: targetName, mac: mac, mtu: mtu, linkState: linkState,
            addresses: addresses.addresses, routes: routes.routes, inheritsAddresses: addresses.inherits,
            inheritsRoutes: routes.inherits)
    }
}

extension NetDevice.Source {
    fileprivate init?(reading source: XMLElement, _ dialect: Dialect, with reader: inout DocumentReader) {
        switch dialect {
        case .capability: self.init(readingCapability: source, with: &reader)
        case .libvirt:
            reader.checkNames(in: source, Vocabulary(children: ["interface"]))
            guard let name: InterfaceName = reader.requiredValue(inside: "interface", of: source) else { return nil }
            self = .name(name)
        }
    }

    private init?(readingCapability source: XMLElement, with reader: inout DocumentReader) {
        reader.checkNames(in: source, Vocabulary(attributes: ["name", "mac"], children: ["address"]))
        switch (source["name"], source["mac"], reader.child("address", of: source)) {
        case (.some, nil, nil):
            guard let name: InterfaceName = reader.value("name", of: source) else { return nil }
            self = .name(name)
        case (nil, .some, nil):
            guard let mac: MACAddress = reader.value("mac", of: source) else { return nil }
            self = .mac(mac)
        case (nil, nil, let address?):
            guard let pci = PCIAddress(reading: address, .hexadecimal, with: &reader) else { return nil }
            self = .pci(pci)
        default:
            reader.missing("<source> of a net device needs one of name=, mac= and <address>", at: source)
            return nil
        }
    }
}

extension TargetName {
    fileprivate init(reading hostdev: XMLElement, with reader: inout DocumentReader) {
        self = .sameAsHost
        guard let target = reader.child("target", of: hostdev) else { return }
        reader.checkNames(in: target, Vocabulary(attributes: ["name"]))
        if let name: TargetName = reader.requiredValue("name", of: target) { self = name }
    }
}

extension MACAddress {
    fileprivate init?(reading hostdev: XMLElement, with reader: inout DocumentReader) {
        guard let element = reader.child("mac", of: hostdev) else { return nil }
        reader.checkNames(in: element, Vocabulary(attributes: ["address"]))
        guard let mac: MACAddress = reader.requiredValue("address", of: element) else { return nil }
        guard mac.isUnicast else {
            reader.error(
                "address='\(mac)' is not the address of one interface: allowed is neither a group's nor all zeros",
                at: "address", of: element)
            return nil
        }
        self = mac
    }
}

extension MTU {
    fileprivate init?(reading hostdev: XMLElement, with reader: inout DocumentReader) {
        guard let element = reader.child("mtu", of: hostdev) else { return nil }
        reader.checkNames(in: element, Vocabulary(attributes: ["size"]))
        guard let mtu: MTU = reader.requiredValue("size", of: element) else { return nil }
        self = mtu
    }
}

extension NetDevice.LinkState {
    fileprivate init(reading hostdev: XMLElement, with reader: inout DocumentReader) {
        self = .up
        guard let element = reader.child("link", of: hostdev) else { return }
        reader.checkNames(in: element, Vocabulary(attributes: ["state"]))
        if let state: Self = reader.requiredWord("state", of: element) { self = state }
    }
}
