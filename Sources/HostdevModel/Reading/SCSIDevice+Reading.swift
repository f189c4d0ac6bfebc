import XMLTree

extension SCSIDevice {
    /// Reads a hostdev of `type='scsi'`.
    init?(reading hostdev: XMLElement, with reader: inout DocumentReader) {
        reader.checkNames(in: hostdev, .scsi)
        let source = Source(reading: hostdev, with: &reader)
        let access = NodeAccess(reading: hostdev, with: &reader)
        var targetAddress: SCSIAddress?
        var nodes: NodeSelection?
        if let target = reader.child("target", of: hostdev) {
            reader.checkNames(in: target, Vocabulary(attributes: ["address", "nodes"]))
            targetAddress = reader.value("address", of: target)
            nodes = reader.value("nodes", of: target)
        }
        guard let source else { return nil }
        self.init(
            source: source, targetAddress: targetAddress, nodes: nodes ?? .generic, isReadOnly: access.isReadOnly,
            isShareable: access.isShareable, permissions: access.permissions)
    }
}

extension SCSIDevice.Source {
    fileprivate init?(reading hostdev: XMLElement, with reader: inout DocumentReader) {
        guard let source = reader.requiredChild("source", of: hostdev) else { return nil }
        reader.checkNames(in: source, Vocabulary(attributes: ["name", "wwid", "address"]))
        guard ["name", "wwid", "address"].count(where: { source[$0] != nil }) == 1 else {
            reader.error("<source> of a SCSI device needs one of name=, wwid= and address=", at: source)
            return nil
        }
        if source["name"]?.utf8.first == UInt8(ascii: "/") {
            guard let path: DevicePath = reader.value("name", of: source) else { return nil }
            self = .path(path)
        } else if let name: NodeName = reader.value("name", of: source) {
            self = .name(name)
        } else if let wwid: WWID = reader.value("wwid", of: source) {
            self = .wwid(wwid)
        } else if let address: SCSIAddress = reader.value("address", of: source) {
            self = .address(address)
        } else {
            return nil
        }
    }
}

extension Vocabulary {
    fileprivate static let scsi = Vocabulary(
        attributes: ["mode", "type"], children: ["source", "target", "readonly", "shareable", "permissions", "alias"])
}
