import XMLTree

extension SCSIDevice {
    /// Reads a hostdev of `type='scsi'`.
    init?(reading hostdev: XMLElement, _ source: XMLElement?, _ dialect: Dialect, with reader: inout DocumentReader) {
        let access = NodeAccess(reading: hostdev, with: &reader)
        var targetAddress: SCSIAddress?
        var nodes: NodeSelection?
        if let target = reader.child("target", of: hostdev) {
            reader.checkNames(in: target, Vocabulary(attributes: ["address", "nodes"]))
            targetAddress = reader.value("address", of: target)
            nodes = reader.value("nodes", of: target)
        }
        guard let source, let found = Source(reading: source, dialect, with: &reader) else { return nil }
        self.init(
            source: found, targetAddress: targetAddress, nodes: nodes ?? .generic, isReadOnly: access.isReadOnly,
            isShareable: access.isShareable, permissions: access.permissions)
    }
}

extension SCSIDevice.Source {
    fileprivate init?(reading source: XMLElement, _ dialect: Dialect, with reader: inout DocumentReader) {
        switch dialect {
        case .capability: self.init(readingCapability: source, with: &reader)
        case .libvirt:
            guard let address = SCSIAddress(readingLibvirt: source, with: &reader) else { return nil }
            self = .address(address)
        }
    }

    private init?(readingCapability source: XMLElement, with reader: inout DocumentReader) {
        reader.checkNames(in: source, Vocabulary(attributes: ["name", "wwid", "address"]))
        switch (source["name"], source["wwid"], source["address"]) {
        case (let name?, nil, nil) where name.hasPrefix("/"):
            guard let path: DevicePath = reader.value("name", of: source) else { return nil }
            self = .path(path)
        case (.some, nil, nil):
            guard let name: NodeName = reader.value("name", of: source) else { return nil }
            self = .name(name)
        case (nil, .some, nil):
            guard let wwid: WWID = reader.value("wwid", of: source) else { return nil }
            self = .wwid(wwid)
        case (nil, nil, .some):
            guard let address: SCSIAddress = reader.value("address", of: source) else { return nil }
            self = .address(address)
        default:
            reader.missing("<source> of a SCSI device needs one of name=, wwid= and address=", at: source)
            return nil
        }
    }
}

extension SCSIAddress {
    /// Reads the source of a SCSI unit in libvirt's dialect: the host is an adapter's name, the rest an address.
    fileprivate init?(readingLibvirt source: XMLElement, with reader: inout DocumentReader) {
        reader.checkNames(in: source, Vocabulary(attributes: ["protocol"], children: ["adapter", "address"]))
        let adapter = reader.requiredChild("adapter", of: source)
        let address = reader.requiredChild("address", of: source)
        guard let adapter, let address else { return nil }
        reader.checkNames(in: adapter, Vocabulary(attributes: ["type", "name"]))
        reader.checkNames(in: address, Vocabulary(attributes: ["type", "bus", "target", "unit"]))
        let bus: UInt32? = reader.requiredNumber("bus", of: address, .likeC)
        let target: UInt32? = reader.requiredNumber("target", of: address, .likeC)
        let unit: UInt64? = reader.requiredNumber("unit", of: address, .likeC)
        guard let name: AdapterName = reader.requiredValue("name", of: adapter), let bus, let target, let unit else {
            return nil
        }
        self.init(host: name.host, bus: bus, target: target, lun: unit)
    }
}

/// The name that sysfs gives a SCSI host: `scsi_host2`.
private struct AdapterName: TextValue {
    let host: UInt32

    init(_ text: some StringProtocol) throws(InvalidValue) {
        guard text.hasPrefix("scsi_host"), let host: UInt32 = digits(text.dropFirst(9), radix: 10) else {
            throw InvalidValue(text, isNot: "a SCSI adapter", allowed: "is scsi_host and a number, such as scsi_host2")
        }
        self.host = host
    }
}
